namespace AgentControl.Engine.Jobs;

/// <summary>Which jobs a list shows. Everything set must hold; several states or labels mean any of them.</summary>
public sealed record JobFilter
{
    public static readonly JobFilter None = new();

    /// <summary>The contract's state words.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>The fifteen words of <see cref="Core.Jobs.JobLabel.All"/>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
    public string? Agent { get; init; }
    public string? Queue { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public string? Workspace { get; init; }
    public Guid? ParentId { get; init; }

    /// <summary>Leaves out child jobs.</summary>
    public bool TopLevel { get; init; }
    public Guid? BatchId { get; init; }

    /// <summary>The name of the schedule that started them.</summary>
    public string? Schedule { get; init; }

    /// <summary>The beginning of the name or of an id.</summary>
    public string? Text { get; init; }

    /// <summary>The beginning of the id or short id.</summary>
    public string? IdPrefix { get; init; }

    /// <summary>These jobs alone, by short id; empty means any.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Who submitted it, upper and lower case alike. The word <c>me</c> is replaced by whoever asks.</summary>
    public string? Owner { get; init; }

    /// <summary>Words inside the failure.</summary>
    public string? Error { get; init; }

    /// <summary>Submitted longer ago than this.</summary>
    public TimeSpan? OlderThan { get; init; }
    public decimal? CostOver { get; init; }
    public DateTimeOffset? SubmittedAfter { get; init; }
    public DateTimeOffset? SubmittedBefore { get; init; }

    /// <summary>Ended at this time or later.</summary>
    public DateTimeOffset? EndedFrom { get; init; }

    /// <summary>Ended before this time.</summary>
    public DateTimeOffset? EndedBefore { get; init; }

    /// <summary>Failed by the cause of this group, whatever became of them since.</summary>
    public Guid? Failure { get; init; }

    /// <summary>Only those whose failure still stands: neither retried nor started anew from it.</summary>
    public bool FailureStands { get; init; }

    /// <summary>Only those whose failure still stands, in a group that is unresolved.</summary>
    public bool FailureUnresolved { get; init; }

    /// <summary>The workspaces that the caller may look into; null means all of them.</summary>
    public IReadOnlyCollection<string>? Visible { get; init; }

    /// <summary>The filter with <c>owner:me</c> turned into the name of whoever asks.</summary>
    public JobFilter AskedBy(string name) => Owner == JobSearch.Me ? this with { Owner = name } : this;
}
