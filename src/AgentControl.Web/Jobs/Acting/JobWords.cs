using AgentControl.Engine.Jobs;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>What the actions of a job are called.</summary>
internal static class JobWords
{
    /// <summary>The actions that stand on buttons, in the order they were given.</summary>
    public static IEnumerable<string> Offered(IEnumerable<string> actions) =>
        actions.Where(a => a is not (JobActions.Edit or JobActions.Fork));

    public static string Action(string action, string label = "") =>
        action switch
        {
            JobActions.Pause => "Pause",
            JobActions.Resume => label == "pausing" ? "Keep running" : "Resume",
            JobActions.Cancel => "Cancel job…",
            JobActions.Retry => "Retry…",
            JobActions.RunNow => "Run now",
            JobActions.RetryNow => "Retry now",
            JobActions.SkipWait => "Skip wait",
            JobActions.ForceStop => "Force stop…",
            JobActions.Decide => "Review",
            _ => action,
        };

    /// <summary>What the button says until the server answered.</summary>
    public static string Busy(string action) =>
        action switch
        {
            JobActions.Pause => "Pausing…",
            JobActions.Resume => "Resuming…",
            JobActions.Cancel => "Cancelling…",
            JobActions.Retry => "Retrying…",
            JobActions.RunNow => "Starting…",
            JobActions.RetryNow => "Retrying…",
            JobActions.SkipWait => "Skipping…",
            JobActions.ForceStop => "Stopping…",
            _ => "…",
        };

    /// <summary>The state that the dialog promises.</summary>
    public static string Becomes(string action, string label) =>
        action switch
        {
            JobActions.Cancel => "cancelled",
            JobActions.ForceStop => "cancelled",
            JobActions.Retry => "queued",
            _ => label,
        };

    public static string? Icon(string action) =>
        action switch
        {
            JobActions.Pause => "pause",
            JobActions.Resume => "play",
            JobActions.Retry or JobActions.RetryNow => "rotate-ccw",
            JobActions.Decide => "hand",
            _ => null,
        };
}
