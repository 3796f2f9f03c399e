using System.Collections.Concurrent;
using System.Threading.Channels;

namespace AgentControl.Engine.Children;

/// <summary>Tells the drain whose children have ended. A parent waits here once, however many children ring; what does not fit is found by the sweeper.</summary>
internal sealed class ParentSignal
{
    private const int MaxWaiting = 10_000;
    private readonly ConcurrentDictionary<Guid, bool> waiting = new();
    private readonly Channel<Guid> parents = Channel.CreateBounded<Guid>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );

    public int Waiting => waiting.Count;

    public void Ring(Guid parentId)
    {
        if (waiting.TryAdd(parentId, true) && !parents.Writer.TryWrite(parentId))
            waiting.TryRemove(parentId, out _);
    }

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        parents.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next parent; whoever rings from now on is not covered by the drain that follows, and waits anew.</summary>
    public bool TryTake(out Guid parentId)
    {
        if (!parents.Reader.TryRead(out parentId))
            return false;
        waiting.TryRemove(parentId, out _);
        return true;
    }
}
