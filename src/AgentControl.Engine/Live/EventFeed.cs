using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Live;

/// <summary>The one in-memory feed of a process. Writers publish what they have committed; whoever missed something reads the log by number.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class EventFeed(ILogger<EventFeed>? log = null)
{
    private readonly ConcurrentDictionary<Guid, ImmutableArray<Action<IReadOnlyList<LiveEvent>>>> byJob = new();
    private ImmutableArray<Action<IReadOnlyList<LiveEvent>>> everything = [];
    private ImmutableArray<Action<IReadOnlyList<LiveEvent>>> own = [];

    private long lastContact;

    /// <summary>When the database last answered this process: the age of what watchers see. Null before the first answer.</summary>
    public DateTimeOffset? LastContact =>
        Interlocked.Read(ref lastContact) is var ticks and > 0 ? new(ticks, TimeSpan.Zero) : null;

    /// <summary>Watches all jobs. The handler must return at once and must not throw.</summary>
    public IDisposable Subscribe(Action<IReadOnlyList<LiveEvent>> handler)
    {
        ImmutableInterlocked.Update(ref everything, (list, h) => list.Add(h), handler);
        return new Subscription(() =>
            ImmutableInterlocked.Update(ref everything, (list, h) => list.Remove(h), handler)
        );
    }

    /// <summary>Watches what this process commits itself, and nothing that it hears of from others.</summary>
    public IDisposable SubscribeOwn(Action<IReadOnlyList<LiveEvent>> handler)
    {
        ImmutableInterlocked.Update(ref own, (list, h) => list.Add(h), handler);
        return new Subscription(() => ImmutableInterlocked.Update(ref own, (list, h) => list.Remove(h), handler));
    }

    /// <summary>Watches one job.</summary>
    public IDisposable Subscribe(Guid jobId, Action<IReadOnlyList<LiveEvent>> handler)
    {
        byJob.AddOrUpdate(jobId, [handler], (_, list) => list.Add(handler));
        return new Subscription(() => Remove(jobId, handler));
    }

    /// <summary>Tells of what this process has committed.</summary>
    public void Publish(IReadOnlyList<LiveEvent> events)
    {
        if (events.Count == 0)
            return;
        foreach (var handler in own)
            Tell(handler, events);
        PublishHeard(events);
    }

    /// <summary>Tells of what another process has committed.</summary>
    public void PublishHeard(IReadOnlyList<LiveEvent> events)
    {
        if (events.Count == 0)
            return;
        foreach (var handler in everything)
            Tell(handler, events);
        if (byJob.IsEmpty)
            return;
        foreach (var group in events.GroupBy(e => e.JobId))
        {
            if (!byJob.TryGetValue(group.Key, out var handlers))
                continue;
            var ofJob = group.ToList();
            foreach (var handler in handlers)
                Tell(handler, ofJob);
        }
    }

    public void Touch(DateTimeOffset now) => Interlocked.Exchange(ref lastContact, now.UtcTicks);

    /// <summary>What is published is on disk: a watcher that throws must not make it look refused to the writer, nor keep it from the others.</summary>
    private void Tell(Action<IReadOnlyList<LiveEvent>> handler, IReadOnlyList<LiveEvent> events)
    {
        try
        {
            handler(events);
        }
        catch (Exception problem)
        {
            Log.WatcherFailed(log ?? NullLogger<EventFeed>.Instance, problem);
        }
    }

    private void Remove(Guid jobId, Action<IReadOnlyList<LiveEvent>> handler)
    {
        while (byJob.TryGetValue(jobId, out var list))
        {
            var rest = list.Remove(handler);
            var done = rest.IsEmpty ? byJob.TryRemove(new(jobId, list)) : byJob.TryUpdate(jobId, rest, list);
            if (done)
                return;
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}
