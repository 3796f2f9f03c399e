namespace AgentControl.Engine.Jobs.Bulk;

/// <summary>An action upon many jobs, and how far it is.</summary>
/// <param name="Action">pause, resume, cancel, retry or tag.</param>
/// <param name="Query">What was searched for; null where jobs were chosen one by one.</param>
/// <param name="State">asked (not confirmed yet), running, done or aborted.</param>
/// <param name="Total">Jobs of the frozen set.</param>
/// <param name="Done">Took it, or were so already.</param>
/// <param name="Refused">Could not, each with its reason.</param>
public sealed record BulkView(
    Guid Id,
    string Action,
    string? Tag,
    string? Reason,
    string? Query,
    string By,
    string State,
    int Total,
    int Done,
    int Refused,
    int Left,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    string? AbortedBy
);

/// <summary>What became of one job.</summary>
/// <param name="Position">From 1, in the order of the set.</param>
/// <param name="Outcome">done, refused, gone or aborted; null while it has not had its turn.</param>
public sealed record BulkItemView(
    int Position,
    Guid JobId,
    string ShortId,
    string Name,
    string? Outcome,
    string? Message
);

/// <summary>How a wish to act upon many jobs went.</summary>
public abstract record BulkOutcome
{
    private BulkOutcome() { }

    public sealed record Taken(BulkView Bulk) : BulkOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : BulkOutcome;

    public sealed record NotFound : BulkOutcome;

    /// <summary>It is no longer in a state for that (409).</summary>
    public sealed record Refused(string Reason) : BulkOutcome;
}
