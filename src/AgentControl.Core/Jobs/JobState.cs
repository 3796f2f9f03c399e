namespace AgentControl.Core.Jobs;

/// <summary>The eight states of the contract. Stored as their lower-camel names.</summary>
public enum JobState
{
    Scheduled,
    Queued,
    Running,
    Waiting,
    Paused,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>Questions about a state that come up everywhere.</summary>
public static class JobStates
{
    public static bool IsFinal(this JobState state) =>
        state is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
#pragma warning disable CA1308 // the contract spells states in lower case
    public static string Word(this JobState state) => state.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    public static JobState Parse(string word) => Enum.Parse<JobState>(word, ignoreCase: true);
}
