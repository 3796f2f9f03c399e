namespace AgentControl.Engine.Approvals;

/// <summary>How a decision went.</summary>
public abstract record DecideOutcome
{
    private DecideOutcome() { }

    /// <param name="State">The approval's state now; still pending where more people must approve.</param>
    /// <param name="Missing">How many approvals are still needed.</param>
    public sealed record Decided(Guid ApprovalId, Guid JobId, string State, int Missing) : DecideOutcome
    {
        /// <summary>When the agent hears of it; until then it can be taken back. Null where it has heard.</summary>
        public DateTimeOffset? DeliverAt { get; init; }
    }

    public sealed record NotFound : DecideOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : DecideOutcome;

    /// <summary>The content changed since the given revision (409 <c>approval.changed</c>).</summary>
    public sealed record Changed(int Revision) : DecideOutcome;

    /// <summary>Somebody was first (409 <c>approval.decided</c>); this is the decision that stands.</summary>
    public sealed record AlreadyDecided(string State, string? DecidedBy, DateTimeOffset? DecidedAt, string? Comment)
        : DecideOutcome;

    /// <summary>This caller may not decide (403).</summary>
    public sealed record Forbidden(string Reason) : DecideOutcome;
}

/// <summary>How a decision upon several requests went: all stand, or none.</summary>
public abstract record DecideAllOutcome
{
    private DecideAllOutcome() { }

    public sealed record Decided(IReadOnlyList<DecideOutcome.Decided> Each) : DecideAllOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : DecideAllOutcome;

    /// <summary>Why these could not be decided, and so none was (409).</summary>
    public sealed record Refused(IReadOnlyDictionary<Guid, DecideOutcome> Why) : DecideAllOutcome;
}
