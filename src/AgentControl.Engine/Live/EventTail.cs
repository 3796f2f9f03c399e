using System.Threading.Channels;
using AgentControl.Engine.Events;

namespace AgentControl.Engine.Live;

/// <summary>
/// Follows one job's log from a number on: no event skipped, none twice. It listens before it reads the log, takes the
/// feed's events by number, and reads the log again wherever a number is missing.
/// </summary>
public sealed class EventTail : IDisposable
{
    /// <summary>Events that wait for a slow reader; past them the log is read again.</summary>
    private const int Buffered = 1_000;

    /// <summary>Events of one answer.</summary>
    private const int Chunk = 500;

    private readonly Channel<LiveEvent> arrived = Channel.CreateBounded<LiveEvent>(
        new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    private readonly EventQueries log;
    private readonly Guid jobId;
    private readonly TimeProvider time;
    private readonly IDisposable subscription;
    private long last;
    private bool behind = true;

    /// <param name="after">The last number that the reader has.</param>
    public EventTail(EventFeed feed, EventQueries log, TimeProvider time, Guid jobId, long after)
    {
        ArgumentNullException.ThrowIfNull(feed);
        (this.log, this.time, this.jobId, last) = (log, time, jobId, after);
        subscription = feed.Subscribe(jobId, Take);
    }

    /// <summary>The next events in order; empty when none came within the patience.</summary>
    public async Task<IReadOnlyList<EventView>> NextAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!behind && arrived.Reader.Count == 0)
        {
            try
            {
                await arrived
                    .Reader.WaitToReadAsync(cancellationToken)
                    .AsTask()
                    .WaitAsync(patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A notification that was lost for good (a process died before it could send it) is found here.
                behind = true;
            }
        }
        return behind ? await FromLogAsync(cancellationToken) : await FromFeedAsync(cancellationToken);
    }

    public void Dispose() => subscription.Dispose();

    private void Take(IReadOnlyList<LiveEvent> events)
    {
        // What does not fit is dropped: the number that is missing then sends the reader to the log.
        foreach (var one in events)
            arrived.Writer.TryWrite(one);
    }

    private async Task<IReadOnlyList<EventView>> FromFeedAsync(CancellationToken cancellationToken)
    {
        var next = new List<EventView>();
        while (next.Count < Chunk && arrived.Reader.TryPeek(out var one))
        {
            if (one.No > last + 1)
            {
                behind = true;
                break;
            }
            arrived.Reader.TryRead(out _);
            if (one.No <= last)
                continue;
            last = one.No;
            next.Add(EventView.Of(one));
        }
        return next.Count == 0 && behind ? await FromLogAsync(cancellationToken) : next;
    }

    private async Task<IReadOnlyList<EventView>> FromLogAsync(CancellationToken cancellationToken)
    {
        var lines = await log.AfterAsync(jobId, last, Chunk, null, cancellationToken);
        behind = lines.Count == Chunk;
        if (lines.Count > 0)
            last = lines[^1].No;
        return lines;
    }
}
