namespace AgentControl.Engine.Failures;

/// <summary>Failures of one workspace that have one cause.</summary>
public sealed record FailureGroupView
{
    public required Guid Id { get; init; }
    public required string Workspace { get; init; }
    public required string Agent { get; init; }

    /// <summary>The cause in one line, without what is another one in each job.</summary>
    public required string Title { get; init; }

    /// <summary>The failure's type, such as <c>timeout</c> or an exception's name.</summary>
    public required string Type { get; init; }

    /// <summary>The step's name without its count.</summary>
    public string? Step { get; init; }

    /// <summary>The outside service that the step called.</summary>
    public string? Service { get; init; }

    /// <summary>unresolved, resolved or ignored, as it counts now.</summary>
    public required string Status { get; init; }

    /// <summary>It was resolved and failed again; nobody has decided since.</summary>
    public bool Regressed => RegressedAt is not null;
    public DateTimeOffset? RegressedAt { get; init; }

    /// <summary>Failures in all; a job that was retried and failed again counts twice.</summary>
    public long Count { get; init; }

    /// <summary>Of these, in the last 24 hours.</summary>
    public long LastDay => Hours.Sum();

    /// <summary>Failures of the last 24 hours by hour, the oldest first; 24 numbers.</summary>
    public required IReadOnlyList<int> Hours { get; init; }
    public DateTimeOffset FirstSeenAt { get; init; }
    public DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Who decided last; null where nobody has.</summary>
    public string? StatusBy { get; init; }
    public DateTimeOffset? StatusAt { get; init; }
    public string? Comment { get; init; }

    /// <summary>Until when it is ignored; null for ever.</summary>
    public DateTimeOffset? IgnoredUntil { get; init; }

    // Lists are compared by what they hold, so that a row that looks the same is not drawn again.
    public bool Equals(FailureGroupView? other) =>
        other is not null
        && (Id, Title, Status, RegressedAt, Count, LastSeenAt, StatusBy, StatusAt, Comment, IgnoredUntil)
            == (
                other.Id,
                other.Title,
                other.Status,
                other.RegressedAt,
                other.Count,
                other.LastSeenAt,
                other.StatusBy,
                other.StatusAt,
                other.Comment,
                other.IgnoredUntil
            )
        && Hours.SequenceEqual(other.Hours);

    public override int GetHashCode() => HashCode.Combine(Id, Count, Status);
}

/// <summary>A group with the newest message, and what a retry would take.</summary>
/// <param name="Example">The newest message, whole: text of an agent or of a service.</param>
/// <param name="Jobs">Jobs that have failed by it, each once.</param>
/// <param name="Open">Of these, jobs whose failure still stands: neither retried nor started anew from it.</param>
public sealed record FailureDetailView(FailureGroupView Group, string Example, long Jobs, long Open);

/// <summary>A job of a group.</summary>
/// <param name="At">When it failed last by this cause.</param>
/// <param name="Label">How the job is now.</param>
/// <param name="Stands">Its failure still stands.</param>
public sealed record FailedJobView(
    Guid JobId,
    string ShortId,
    string Name,
    string Label,
    DateTimeOffset At,
    bool Stands
);

/// <summary>How much failed lately.</summary>
/// <param name="Kinds">Groups.</param>
public sealed record FailureTally(int Kinds, long Failures);

/// <summary>Which groups a list shows. Everything set must hold.</summary>
public sealed record FailureFilter
{
    /// <summary>One of <see cref="Core.Failures.FailureStatus.All"/>; null takes all.</summary>
    public string? Status { get; init; }
    public string? Agent { get; init; }
    public string? Workspace { get; init; }

    /// <summary>The workspaces that the caller may look into; null means all of them.</summary>
    public IReadOnlyCollection<string>? Visible { get; init; }
}
