using System.Collections.Immutable;
using AgentControl.Engine.Live;

namespace AgentControl.Web.Shared;

/// <summary>
/// Whether what this process shows is live: one look twice a second for all circuits, and word to them only when the database
/// falls silent or answers again.
/// </summary>
internal sealed class DataAge : IDisposable
{
    /// <summary>Older data are not live. With the wait for the next look, people are told within five seconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly EventFeed _feed;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private ImmutableList<Watcher> _watchers = [];

    public DataAge(EventFeed feed, TimeProvider clock)
    {
        (_feed, _clock) = (feed, clock);
        OldSince = Judge();
        _timer = clock.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>Of when the data are, while they are too old; null while they are live.</summary>
    public DateTimeOffset? OldSince { get; private set; }

    /// <summary>Calls <paramref name="changed"/> after <see cref="OldSince"/> changed, on any thread; it must return at once. Dispose to end.</summary>
    public IDisposable Watch(Action changed)
    {
        var watcher = new Watcher(this, changed);
        ImmutableInterlocked.Update(ref _watchers, (list, w) => list.Add(w), watcher);
        return watcher;
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var next = Judge();
        if (next == OldSince)
        {
            return;
        }

        OldSince = next;
        foreach (var watcher in _watchers)
        {
            watcher.Changed();
        }
    }

    private DateTimeOffset? Judge() => _feed.LastContact is { } at && _clock.GetUtcNow() - at > Limit ? at : null;

    private sealed class Watcher(DataAge age, Action changed) : IDisposable
    {
        public Action Changed => changed;

        public void Dispose() => ImmutableInterlocked.Update(ref age._watchers, (list, w) => list.Remove(w), this);
    }
}
