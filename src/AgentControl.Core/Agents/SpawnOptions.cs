namespace AgentControl.Core.Agents;

/// <summary>How children are submitted.</summary>
public sealed record SpawnOptions
{
    /// <summary>Names this fan-out in the journal.</summary>
    public string Name { get; init; } = "children";

    /// <summary>The queue; the child agent's own when null.</summary>
    public string? Queue { get; init; }

    /// <summary>One display name for each input, in order; derived from the parent's when null.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    public short Priority { get; init; }

    /// <summary>Cap on each child's running time, in seconds; the default of a submission when null.</summary>
    public int? TimeoutSeconds { get; init; }
}

/// <summary>One recorded fan-out.</summary>
public sealed record ChildGroup(string Key, int Count);

/// <summary>How one child stands. <see cref="Output"/> is null unless it succeeded.</summary>
/// <param name="Error">Why it failed, in words; null unless it did.</param>
public sealed record ChildResult(
    Guid Id,
    string Name,
    Jobs.JobState State,
    System.Text.Json.JsonElement? Output,
    string? Error
);
