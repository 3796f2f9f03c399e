namespace AgentControl.Core.Schedules;

/// <summary>What is to be done about the due times that have come.</summary>
/// <param name="Turns">The runs that are due now, oldest first.</param>
/// <param name="Dropped">How many due times the missed-run rule leaves out.</param>
/// <param name="LastDropped">The newest of them.</param>
public sealed record DuePlan(IReadOnlyList<DueTurn> Turns, int Dropped, DateTimeOffset? LastDropped)
{
    /// <summary>A due time that nobody came to within this time was missed.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Most missed due times that are run after one downtime.</summary>
    public const int MostCatchUps = 100;

    /// <param name="dues">Every due time up to now, oldest first.</param>
    public static DuePlan Of(IEnumerable<DateTimeOffset> dues, DateTimeOffset now, MissedRule rule)
    {
        ArgumentNullException.ThrowIfNull(dues);
        var most = rule switch
        {
            MissedRule.Skip => 0,
            MissedRule.RunOnce => 1,
            _ => MostCatchUps,
        };
        var late = new Queue<DateTimeOffset>();
        var punctual = new List<DueTurn>();
        var dropped = 0;
        DateTimeOffset? lastDropped = null;
        void Drop()
        {
            lastDropped = late.Dequeue();
            dropped++;
        }
        foreach (var due in dues)
        {
            if (now - due <= Grace)
            {
                punctual.Add(new DueTurn(due, false));
                continue;
            }
            late.Enqueue(due);
            if (late.Count > most)
                Drop();
        }
        // The run that is just due stands for those that were missed before it.
        if (rule == MissedRule.RunOnce && punctual.Count > 0 && late.Count > 0)
            Drop();
        return new DuePlan([.. late.Select(due => new DueTurn(due, true)), .. punctual], dropped, lastDropped);
    }
}

/// <summary>One run that is due.</summary>
/// <param name="CatchUp">It was missed, and is run late.</param>
public sealed record DueTurn(DateTimeOffset DueAt, bool CatchUp);
