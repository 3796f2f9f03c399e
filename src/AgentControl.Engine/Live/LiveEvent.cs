namespace AgentControl.Engine.Live;

/// <summary>One committed event on its way to watchers.</summary>
public sealed record LiveEvent(
    Guid JobId,
    long No,
    DateTimeOffset At,
    string Type,
    string Level,
    string Message,
    string? Data,
    string? Actor
);
