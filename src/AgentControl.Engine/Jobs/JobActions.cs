namespace AgentControl.Engine.Jobs;

/// <summary>What a person may do to a job, by its label; the words of <see cref="JobSummary.Actions"/>.</summary>
public static class JobActions
{
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Cancel = "cancel";
    public const string Retry = "retry";
    public const string Fork = "fork";
    public const string Edit = "edit";
    public const string RunNow = "runNow";
    public const string RetryNow = "retryNow";
    public const string SkipWait = "skipWait";
    public const string ForceStop = "forceStop";
    public const string Decide = "decide";

    /// <summary>The main action first.</summary>
    public static IReadOnlyList<string> Of(string label) =>
        label switch
        {
            "scheduled" => [RunNow, Edit, Cancel],
            "queued" => [Edit, Pause, Cancel],
            "running" => [Pause, Cancel, Fork],
            "waiting" => [SkipWait, Pause, Cancel, Fork],
            "needs_approval" => [Decide, Pause, Cancel, Fork],
            "retrying" => [RetryNow, Pause, Cancel, Fork],
            "recovering" => [Cancel, Pause, Fork],
            "pausing" => [Resume, Cancel],
            "paused" => [Resume, Cancel, Fork],
            "cancelling" => [ForceStop],
            "completed" => [Fork],
            "failed" or "timed_out" or "rejected" or "cancelled" => [Retry, Fork],
            _ => [],
        };
}
