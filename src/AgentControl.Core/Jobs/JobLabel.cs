namespace AgentControl.Core.Jobs;

/// <summary>The fifteen words that people see, a pure function of the job. The column <c>job_runs.label</c> repeats it in SQL.</summary>
public static class JobLabel
{
    public static readonly IReadOnlyList<string> All =
    [
        "scheduled",
        "queued",
        "running",
        "waiting",
        "needs_approval",
        "retrying",
        "recovering",
        "pausing",
        "paused",
        "cancelling",
        "completed",
        "failed",
        "timed_out",
        "rejected",
        "cancelled",
    ];

    /// <param name="waitingKind">Kind of the most urgent wait, where the state is waiting.</param>
    /// <param name="recovering">From the loss of a lease until the first new step of the next attempt.</param>
    /// <param name="backingOff">A running step waits between two tries.</param>
    /// <param name="outcome">The failure's type, or <c>rejected</c> for a job that a rejection cancelled.</param>
    public static string Of(
        JobState state,
        string? waitingKind = null,
        bool pauseRequested = false,
        bool cancelRequested = false,
        bool recovering = false,
        bool backingOff = false,
        string? outcome = null
    ) =>
        state switch
        {
            JobState.Scheduled => "scheduled",
            JobState.Queued => recovering ? "recovering" : "queued",
            JobState.Running when cancelRequested => "cancelling",
            JobState.Running when pauseRequested => "pausing",
            JobState.Running when recovering => "recovering",
            JobState.Running when backingOff => "retrying",
            JobState.Running => "running",
            JobState.Waiting when waitingKind == "approval" => "needs_approval",
            JobState.Waiting when waitingKind == "retry" => "retrying",
            JobState.Waiting => "waiting",
            JobState.Paused => "paused",
            JobState.Succeeded => "completed",
            JobState.Failed => outcome == JobFailure.Timeout ? "timed_out" : "failed",
            JobState.Cancelled => outcome == "rejected" ? "rejected" : "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No label for this state."),
        };
}
