namespace AgentControl.Browser.Tests.Checks;

/// <summary>A list, as A32 looks at it.</summary>
/// <param name="Route">Where it is; an entry of <see cref="Routes"/>.</param>
/// <param name="Table">What it cannot be read without; null where it is read from no table.</param>
/// <param name="Rows">Its rows, in a filled program.</param>
internal sealed record ListState(string Route, string? Table, string Rows)
{
    public const string Skeleton = "main .ac-skeleton";
    public const string ErrorPanel = "main [data-testid=error-panel]";

    /// <summary>Where it is looked at with data and without; null: at its route.</summary>
    public string? At { get; init; }
    public string? EmptyAt { get; init; }

    /// <summary>The page from which it is opened, and what shows that this one stands.</summary>
    public (string Path, string Shown) From { get; init; } = ("/jobs/compare", "main h1:text('Compare runs')");

    /// <summary>How its sentence begins where it has nothing to show, and the actions it offers; null where it is never empty.</summary>
    public string? Empty { get; init; }
    public string[] Actions { get; init; } = [];

    /// <summary>The part of the page in which its skeleton is.</summary>
    public string Part { get; init; } = "main";

    /// <summary>By how many pixels the rows to come may be higher than those of the skeleton; null where each has a height of its own.</summary>
    public int? Slack { get; init; } = 4;

    /// <summary>How it says that it is read, and that it could not be.</summary>
    public string Loading { get; init; } = Skeleton;
    public string Failed { get; init; } = ErrorPanel;
}

/// <summary>Every list of the pages.</summary>
internal static class ListStates
{
    private static readonly (string, string) _otherTab = ("/jobs/{job}/io", "[data-testid=input]");

    public static IReadOnlyList<ListState> All { get; } =
    [
        new("/", "job_runs", ".ov-list > li")
        {
            Empty = "No jobs yet.",
            Actions = ["New job", "Run the sample job"],
            Slack = 8,
        },
        new("/jobs", "job_runs", "[data-testid=job-row]")
        {
            At = "/jobs?q=agent:contracts",
            Empty = "No jobs yet.",
            Actions = ["New job"],
        },
        new("/approvals", "approvals", "[data-testid=approval-list] > li")
        {
            Empty = "Nothing waits for a person.",
            Actions = ["Jobs"],
        },
        new("/jobs/{job}/timeline", "steps", "[role=treeitem]")
        {
            From = _otherTab,
            Empty = "No step is recorded yet.",
            Actions = ["Events"],
        },
        new("/jobs/{job}/events", "events", "[data-testid=events]") { From = _otherTab, Slack = null },
        new("/jobs/{job}/checkpoints", "checkpoints", "[data-testid=checkpoint]")
        {
            From = _otherTab,
            Empty = "No checkpoint yet.",
            Actions = ["Recorded steps"],
        },
        new("/jobs/{job}/files", "workspace_files", "[data-testid=job-file]") { From = _otherTab },
        new("/jobs/{job}/approvals", "approvals", "[data-testid=job-approval]")
        {
            From = _otherTab,
            Empty = "This job has asked nobody yet.",
            Actions = ["All approvals"],
            Slack = null,
        },
        new("/jobs/{job}/comments", "workspace_comments", "[data-testid=comment]")
        {
            From = _otherTab,
            Empty = "No comments yet.",
            Actions = ["Write the first"],
            Slack = 12,
        },
        new("/jobs/{job}/io", "job_results", "[data-testid=input]")
        {
            From = ("/jobs/{job}/events", "[data-testid=events]"),
            Slack = null,
        },
        new("/agents", "job_runs", "[data-agent]"),
        new("/mcp-servers", null, "[data-mcp]") { Empty = "No MCP server is configured.", Actions = ["Agents"] },
        new("/queues", "queues", "[data-queue]"),
        new("/queues?tab=workers", "queues", "[data-worker]"),
        new("/services", "service_minutes", "[data-service]")
        {
            Empty = "No job has called a service",
            Actions = ["New job"],
            Slack = null,
        },
        new("/schedules", "schedules", "[data-schedule]")
        {
            Empty = "No job starts by itself yet.",
            Actions = ["New schedule"],
        },
        new("/trends", "ended_tasks", "[data-testid=trend] > *")
        {
            Empty = "Nothing ended",
            Actions = ["Show the last 30 days"],
            Slack = null,
        },
        new("/failures", "failure_groups", "[data-testid=failure-row]")
        {
            Empty = "Nothing failed that is unresolved.",
            Actions = ["Show all"],
        },
        new("/notifications", "notifications", ".feed-item")
        {
            Empty = "Nothing was told yet.",
            Actions = ["Notification settings"],
            Slack = 16,
        },
        new("/audit", "audit_log", "[data-line]")
        {
            EmptyAt = "/audit?who=nobody-at-all",
            Empty = "No line matches these filters.",
            Actions = ["Show all"],
        },
        new("/workspace/", "workspace_files", "[data-testid=folder-line]")
        {
            Empty = "No files yet.",
            Actions = ["New job"],
            Part = ".ws-main",
        },
        new("/workspace/?bin=on", "workspace_files", "[data-testid=bin-line]")
        {
            Empty = "The bin is empty.",
            Actions = ["All files"],
            Part = ".ws-main",
        },
        new("/settings/users", "invitations", "[data-person]"),
        new("/settings/groups", "groups", "[data-testid=groups] tbody tr")
        {
            Empty = "No groups yet.",
            Actions = ["Make the first"],
        },
        new("/settings/policies", "approval_policies", "[data-testid=policies] tbody tr")
        {
            Empty = "No policies yet.",
            Actions = ["Make the first"],
            Slack = 12,
        },
        new("/settings/workspaces", "workspace_files", "[data-testid=workspace-line]"),
        new("/settings/keys", "api_keys", "[data-testid=keys] tbody tr"),
        new("/settings/notifications", "notification_own_channels", "[data-channel]")
        {
            Empty = "No channel is configured.",
            Actions = ["Add one for e-mail"],
        },
        // It is looked at from afar and offers no action: it tries again by itself.
        new("/wall", "job_runs", "[data-testid=wall-job]")
        {
            Loading = "[data-testid=wall-none]",
            Failed = "[data-testid=wall-none]",
            Slack = null,
        },
    ];

    /// <summary>Pages of one thing, forms, and second looks at the lists above.</summary>
    public static IReadOnlyList<string> Others { get; } =
    [
        "/jobs?q=label:paused%20label:failed",
        "/jobs/new",
        "/jobs/compare",
        "/approvals/{approval}",
        "/workspace/notes/",
        "/workspace/notes/plan.md",
        "/agents/contracts",
        "/agents/contracts/notes/house/style",
        "/agents/contracts/new-note",
        "/agents/new",
        "/services/erp",
        "/trends?tables=on",
        "/schedules/nightly-close",
        "/schedules/nightly-close/edit",
        "/schedules/new",
        "/settings/profile",
        "/settings/roles",
        "/settings/about",
        "/settings/workspaces/default",
        "/first-steps",
    ];

    public static IReadOnlyList<string> Tables { get; } = [.. All.Select(l => l.Table).OfType<string>().Distinct()];
}
