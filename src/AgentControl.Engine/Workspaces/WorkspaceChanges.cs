using System.Collections.Concurrent;

namespace AgentControl.Engine.Workspaces;

/// <summary>Tells open pages of this process that a workspace has something new; they read it from the database.</summary>
public sealed class WorkspaceChanges
{
    private readonly ConcurrentDictionary<Guid, (string Workspace, Action Notify)> watchers = new();

    /// <summary>Somebody began to watch.</summary>
    internal event EventHandler? WatchBegan;

    /// <summary>A comment that names people was committed here.</summary>
    internal event EventHandler? NamesSaid;

    internal bool AreWatched => !watchers.IsEmpty;

    /// <summary>The action must return at once and never throw.</summary>
    public IDisposable Watch(string workspace, Action notify)
    {
        var id = Guid.NewGuid();
        watchers[id] = (workspace, notify);
        WatchBegan?.Invoke(this, EventArgs.Empty);
        return new Watcher(watchers, id);
    }

    internal string[] Watched() => [.. watchers.Values.Select(w => w.Workspace).Distinct(StringComparer.Ordinal)];

    /// <summary>Call it after the commit, never before.</summary>
    public void Publish(string workspace)
    {
        foreach (var watcher in watchers.Values)
        {
            if (watcher.Workspace == workspace)
                watcher.Notify();
        }
    }

    /// <summary>Call it after the commit of a comment that names people.</summary>
    internal void PublishNames() => NamesSaid?.Invoke(this, EventArgs.Empty);

    private sealed class Watcher(ConcurrentDictionary<Guid, (string, Action)> watchers, Guid id) : IDisposable
    {
        public void Dispose() => watchers.TryRemove(id, out _);
    }
}
