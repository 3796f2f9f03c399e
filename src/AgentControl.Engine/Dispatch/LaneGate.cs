namespace AgentControl.Engine.Dispatch;

/// <summary>The permits of one lane in this process. Changing them never touches a running job.</summary>
internal sealed class LaneGate(string queue)
{
    private readonly Lock gate = new();
    private int permits;
    private int inside;
    private bool paused;
    private bool missed;

    public string Queue { get; } = queue;

    public int Permits
    {
        get
        {
            lock (gate)
                return permits;
        }
    }

    /// <summary>Workers that could begin another job now.</summary>
    public int Free
    {
        get
        {
            lock (gate)
                return paused ? 0 : Math.Max(0, permits - inside);
        }
    }

    /// <summary>False where it was so already.</summary>
    public bool Set(int workers, bool isPaused)
    {
        lock (gate)
        {
            var changed = (permits, paused) != (workers, isPaused);
            (permits, paused) = (workers, isPaused);
            return changed;
        }
    }

    /// <summary>Enters, or remembers that somebody knocked in vain.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            if (paused || inside >= permits)
            {
                missed = true;
                return false;
            }
            inside++;
            missed = false;
            return true;
        }
    }

    /// <summary>Whether the worker inside may take another job.</summary>
    public bool MayStay()
    {
        lock (gate)
            return !paused && inside <= permits;
    }

    /// <summary>Leaves. True where somebody knocked meanwhile: the caller looks once more.</summary>
    public bool Exit()
    {
        lock (gate)
        {
            inside--;
            return missed && !paused && inside < permits;
        }
    }
}
