using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Bulk;

/// <summary>The words about acting upon many jobs.</summary>
internal static class BulkWords
{
    /// <summary>The actions in the order of their buttons; the dots stand where work is lost or repeated.</summary>
    public static readonly IReadOnlyList<(string Action, string Text)> Buttons =
    [
        ("pause", "Pause"),
        ("resume", "Resume"),
        ("cancel", "Cancel…"),
        ("retry", "Retry…"),
        ("tag", "Tag…"),
    ];

    /// <summary>"Cancel 1,204 jobs".</summary>
    public static string Does(BulkView bulk) =>
        bulk.Action == "tag"
            ? $"Tag {Jobs(bulk)} “{bulk.Tag}”"
            : $"{char.ToUpperInvariant(bulk.Action[0])}{bulk.Action[1..]} {Jobs(bulk)}";

    /// <summary>What follows for each job.</summary>
    public static string Effect(BulkView bulk) =>
        bulk.Action switch
        {
            "pause" =>
                "Running steps finish; no new step starts; timers keep counting. Jobs that have ended refuse it.",
            "resume" => "Paused jobs go on behind their last recorded step. Others refuse it.",
            "cancel" =>
                "Running steps are stopped, and what waits does not start. Recorded steps are kept: a cancelled job can be retried.",
            "retry" =>
                "Failed and cancelled jobs go on behind their last recorded step. A step that was cut off runs again.",
            _ => "Each job gets the tag beside those that it has.",
        };

    public static string State(BulkView bulk) =>
        bulk.State switch
        {
            "asked" => "Not confirmed yet",
            "running" => "Running",
            "aborted" => $"Aborted by {bulk.AbortedBy}",
            _ => "Done",
        };

    public static string Outcome(BulkItemView item) =>
        item.Outcome switch
        {
            "done" => "Done",
            "refused" => "Refused",
            "gone" => "Gone",
            "aborted" => "Not reached",
            _ => "Waits for its turn",
        };

    public static int Percent(BulkView bulk) =>
        bulk.Total == 0 ? 100 : (int)((bulk.Total - bulk.Left) * 100L / bulk.Total);

    private static string Jobs(BulkView bulk) => Formats.Count(bulk.Total, "job");
}
