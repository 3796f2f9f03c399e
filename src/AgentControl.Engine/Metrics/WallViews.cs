namespace AgentControl.Engine.Metrics;

/// <summary>Jobs that ended in one hour of the day.</summary>
/// <param name="Ended">All of them, cancelled ones included.</param>
public sealed record WallHour(long Succeeded, long Failed, long Ended)
{
    /// <summary>succeeded / (succeeded + failed), 0 to 1; null where neither was.</summary>
    public double? CompletionRate => Succeeded + Failed == 0 ? null : (double)Succeeded / (Succeeded + Failed);
}

/// <summary>The last 24 hours, and what waits for a worker.</summary>
/// <param name="Hours">The oldest first; the last one ends now.</param>
public sealed record WallDay(IReadOnlyList<WallHour> Hours, DateTimeOffset? OldestQueuedAt)
{
    public static WallDay Empty { get; } = new([], null);

    /// <summary>Over the whole day; null while nothing ended.</summary>
    public double? CompletionRate =>
        new WallHour(Hours.Sum(h => h.Succeeded), Hours.Sum(h => h.Failed), 0).CompletionRate;

    /// <summary>Ended in the last hour.</summary>
    public long JobsPerHour => Hours.Count == 0 ? 0 : Hours[^1].Ended;
}

/// <summary>A question to people, without its content.</summary>
/// <param name="Votes">Approvals so far, of <paramref name="Required"/>.</param>
public sealed record WallRequest(
    Guid Id,
    string Title,
    string JobShortId,
    string Agent,
    int Votes,
    int Required,
    DateTimeOffset RequestedAt,
    DateTimeOffset? Deadline
)
{
    /// <summary>More than half of the time to decide is over.</summary>
    public bool IsLate(DateTimeOffset now) =>
        Deadline is { } end && now - RequestedAt > (end - RequestedAt) / 2 && end > RequestedAt;
}

/// <summary>What waits for people: the most urgent, and how many there are behind them.</summary>
/// <param name="OldestOfRest">When the oldest of those that are not in <paramref name="First"/> was asked.</param>
public sealed record WallRequests(IReadOnlyList<WallRequest> First, long InAll, DateTimeOffset? OldestOfRest)
{
    public static WallRequests None { get; } = new([], 0, null);

    public long Rest => InAll - First.Count;
}

/// <summary>A service whose circuit is not closed.</summary>
/// <param name="State">open, halfOpen or blocked.</param>
public sealed record WallCircuit(string Name, string State, DateTimeOffset Since);

/// <summary>Circuits that are not closed, by name, among all services that are configured or were called in the last hour.</summary>
public sealed record WallServices(IReadOnlyList<WallCircuit> Circuits, IReadOnlyList<string> Names)
{
    public static WallServices None { get; } = new([], []);
}
