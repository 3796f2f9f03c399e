using AgentControl.Web.Shell;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>The tabs of a job's page.</summary>
internal static class JobTabs
{
    public const string Timeline = "timeline";
    public const string Events = "events";
    public const string Checkpoints = "checkpoints";
    public const string Files = "files";
    public const string Approvals = "approvals";
    public const string Comments = "comments";
    public const string Io = "io";

    public static readonly IReadOnlyList<(string Key, string Label)> All =
    [
        (Timeline, "Timeline"),
        (Events, "Events"),
        (Checkpoints, "Checkpoints"),
        (Files, "Files"),
        (Approvals, "Approvals"),
        (Comments, "Comments"),
        (Io, "Input / Output"),
    ];

    public static readonly IReadOnlyList<Crumb> Crumbs = [new("Jobs", "/jobs")];

    public static string Known(string? tab) => All.Any(t => t.Key == tab) ? tab! : Timeline;
}
