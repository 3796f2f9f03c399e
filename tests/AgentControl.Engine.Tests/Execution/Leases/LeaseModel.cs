namespace AgentControl.Engine.Tests.Execution.Leases;

/// <summary>What a worker, a person or the engine itself does to a job.</summary>
internal enum Move
{
    Take,

    /// <summary>All workers ask for it at one moment.</summary>
    TakeAtOnce,
    Beat,
    Record,
    OpenWait,
    Park,
    HandBack,
    Finish,

    /// <summary>The lease's end comes, and nobody has noticed yet.</summary>
    Lapse,
    Sweep,
    Answer,
    Cancel,
}

/// <summary>One job's row as the rules of ENGINE.md have it.</summary>
internal sealed class LeaseModel(int maxAttempts)
{
    private int wakesAtLease;
    private bool lapsed;
    private bool cancelRequested;

    public string State { get; private set; } = "queued";

    /// <summary>One more with each lease, and never else.</summary>
    public int Epoch { get; private set; }

    public int Strikes { get; private set; }

    public int Steps { get; private set; }

    public int Wakes { get; private set; }

    /// <summary>Waits that are open.</summary>
    public int Waits { get; private set; }

    public bool IsHeldBy(int? epoch) => State == "running" && epoch == Epoch;

    public override string ToString() =>
        $"{State}, epoch {Epoch}, strikes {Strikes}, steps {Steps}, wakes {Wakes}, waits {Waits}";

    /// <param name="epoch">Of the lease that the worker believes to hold.</param>
    /// <returns>False where nothing at all may change.</returns>
    public bool Apply(Move move, int? epoch) =>
        move switch
        {
            Move.Take or Move.TakeAtOnce => State == "queued" && Take(),
            Move.Beat => IsHeldBy(epoch) && Renew(),
            Move.Record => IsHeldBy(epoch) && Record(),
            Move.OpenWait => IsHeldBy(epoch) && ++Waits > 0,
            Move.Park => IsHeldBy(epoch) && End(Wakes == wakesAtLease && Waits > 0 ? "waiting" : "queued"),
            Move.HandBack => IsHeldBy(epoch) && End("queued"),
            Move.Finish => IsHeldBy(epoch) && End("succeeded"),
            Move.Lapse => State == "running" && (lapsed = true),
            Move.Sweep => State == "running"
                && lapsed
                && Become(
                    cancelRequested ? "cancelled"
                    : Strikes >= maxAttempts ? "failed"
                    : "queued"
                ),
            Move.Answer => Waits > 0 && Answer(),
            _ => State is "queued" or "waiting"
                ? Become("cancelled")
                : State == "running" && !cancelRequested && (cancelRequested = true),
        };

    private bool Take()
    {
        (Epoch, Strikes, wakesAtLease) = (Epoch + 1, Strikes + 1, Wakes);
        Become("running");
        return Renew();
    }

    private bool Renew()
    {
        lapsed = false;
        return true;
    }

    private bool Record()
    {
        (Steps, Strikes) = (Steps + 1, 0);
        return Renew();
    }

    /// <summary>An end in order gives the strike back; a cancel that came first decides what it becomes.</summary>
    private bool End(string state)
    {
        Strikes = Math.Max(0, Strikes - 1);
        return Become(cancelRequested ? "cancelled" : state);
    }

    private bool Answer()
    {
        (Waits, Steps, Wakes) = (Waits - 1, Steps + 1, Wakes + 1);
        return State != "waiting" || Become("queued");
    }

    private bool Become(string state)
    {
        State = state;
        if (state is "succeeded" or "failed" or "cancelled")
            (Waits, cancelRequested) = (0, false);
        return true;
    }
}
