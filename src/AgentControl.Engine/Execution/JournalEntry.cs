namespace AgentControl.Engine.Execution;

/// <summary>A recorded step as a replay sees it.</summary>
internal sealed record JournalEntry(
    string Key,
    string Kind,
    string Name,
    string State,
    byte[]? InputHash,
    byte[]? Result,
    string? Error,
    long No,
    DateTimeOffset CompletedAt
)
{
    /// <summary>True once the code has asked for it in this attempt.</summary>
    public bool Read { get; set; }
}
