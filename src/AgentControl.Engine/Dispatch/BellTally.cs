namespace AgentControl.Engine.Dispatch;

/// <summary>What this process believes about one queue's bells. Other processes ring and answer them too, so a belief that is old is counted anew.</summary>
internal sealed class BellTally(TimeProvider time)
{
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private int rung;
    private int waiting;
    private long? countedAt;

    /// <summary>Bells in Hangfire's queue.</summary>
    public int Rung
    {
        get
        {
            lock (gate)
                return rung;
        }
    }

    /// <summary>Bells in Hangfire's queue and those that are still to be enqueued.</summary>
    public int Outstanding
    {
        get
        {
            lock (gate)
                return rung + waiting;
        }
    }

    /// <summary>True where bells are said to be under way that somebody else may have answered.</summary>
    public bool IsOld
    {
        get
        {
            lock (gate)
                return rung > 0 && (countedAt is not { } at || time.GetElapsedTime(at) > Believed);
        }
    }

    public void Wait() => Change(0, 1);

    public void WaitedEnough() => Change(0, -1);

    public void Ring() => Change(1, 0);

    public void Answered() => Change(-1, 0);

    public void Counted(int bells)
    {
        lock (gate)
            (rung, countedAt) = (bells, time.GetTimestamp());
    }

    private void Change(int ringing, int waitingForIt)
    {
        lock (gate)
            (rung, waiting) = (Math.Max(0, rung + ringing), Math.Max(0, waiting + waitingForIt));
    }
}
