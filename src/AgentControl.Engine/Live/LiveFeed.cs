using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Live;

/// <summary>Tells whoever watches in this process; nothing is kept.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public abstract class LiveFeed<T>(ILogger? log)
{
    private ImmutableArray<Action<T>> watchers = [];

    internal bool IsWatched => !watchers.IsEmpty;

    /// <summary>Watches until the result is disposed. The handler must return at once and must not throw.</summary>
    public IDisposable Subscribe(Action<T> handler)
    {
        ImmutableInterlocked.Update(ref watchers, (list, h) => list.Add(h), handler);
        return new Subscription(() => ImmutableInterlocked.Update(ref watchers, (list, h) => list.Remove(h), handler));
    }

    internal void Publish(T word)
    {
        foreach (var watcher in watchers)
        {
            try
            {
                watcher(word);
            }
            catch (Exception problem)
            {
                Log.WatcherFailed(log ?? NullLogger.Instance, problem);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}

/// <summary>Names of services whose circuit changed, in this process or in another.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class ServiceChanges(ILogger<ServiceChanges>? log = null) : LiveFeed<string>(log);

/// <summary>Names of MCP servers whose tools were accepted, in this process or in another.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class McpServerChanges(ILogger<McpServerChanges>? log = null) : LiveFeed<string>(log);
