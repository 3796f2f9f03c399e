using System.Text.RegularExpressions;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Every page, with what stands on its tab.</summary>
public static class Routes
{
    /// <summary>The one page that draws while nothing happens: its beat tells the browser how old the data are.</summary>
    public const string Wall = "/wall";

    private static readonly (string Path, string Title)[] _all =
    [
        ("/", "Overview"),
        ("/jobs", "Jobs"),
        ("/jobs?q=label:paused%20label:failed", "Jobs"),
        ("/jobs/new", "New job"),
        ("/jobs/{job}/timeline", "Needs approval Two contracts"),
        ("/jobs/{job}/events", "Needs approval Two contracts"),
        ("/jobs/{job}/checkpoints", "Needs approval Two contracts"),
        ("/jobs/{job}/files", "Needs approval Two contracts"),
        ("/jobs/{job}/approvals", "Needs approval Two contracts"),
        ("/jobs/{job}/comments", "Needs approval Two contracts"),
        ("/jobs/{job}/io", "Needs approval Two contracts"),
        ("/approvals", @"\(\d+\) Approvals"),
        ("/approvals/{approval}", @"\(\d+\) Approvals"),
        ("/workspace/", "Workspace"),
        ("/workspace/notes/", "notes – Workspace"),
        ("/workspace/notes/plan.md", @"plan\.md – Workspace"),
        ("/workspace/?bin=on", "Bin – Workspace"),
        ("/agents", "Agents"),
        ("/agents/contracts", "contracts – Agents"),
        ("/agents/contracts/notes/house/style", "house/style – contracts"),
        ("/agents/contracts/new-note", "New note – contracts"),
        ("/mcp-servers", "MCP servers"),
        ("/agents/new", "New assistant"),
        ("/failures", "Failures"),
        ("/jobs/compare", "Compare runs"),
        ("/services", "Services"),
        ("/services/erp", "erp – Services"),
        ("/trends", "Metrics"),
        ("/trends?tables=on", "Metrics"),
        ("/schedules", "Schedules"),
        ("/schedules/nightly-close", "nightly-close – Schedules"),
        ("/schedules/nightly-close/edit", "Edit nightly-close"),
        ("/schedules/new", "New schedule"),
        ("/audit", "Audit log"),
        ("/settings/profile", "Settings – Profile"),
        ("/settings/users", "Settings – Users"),
        ("/settings/roles", "Settings – Roles"),
        ("/settings/about", "Settings – About"),
        ("/settings/groups", "Settings – Groups"),
        ("/settings/policies", "Settings – Policies"),
        ("/settings/workspaces", "Settings – Workspaces"),
        ("/settings/workspaces/default", "default – Workspaces"),
        ("/queues", "Queues"),
        ("/queues?tab=workers", "Queues"),
        ("/settings/notifications", "Settings – Notifications"),
        ("/notifications", "Notifications"),
        ("/settings/keys", "Settings – API keys"),
        ("/first-steps", "Set up"),
        (Wall, "Wall"),
    ];

    public static IReadOnlyList<string> Interactive { get; } = [.. _all.Select(r => r.Path)];

    public static IReadOnlyList<string> Static { get; } = ["/a/{approval}", "/signin", "/setup", "/display", "/invite"];

    public static TheoryData<string> Every => [.. Interactive, .. Static];

    public static TheoryData<string> EveryInteractive => [.. Interactive];

    /// <summary>Pages on which no time stands.</summary>
    private static readonly string[] _timeless =
    [
        "/jobs/new",
        "/jobs/compare",
        "/failures",
        "/mcp-servers",
        "/signin",
        "/setup",
        "/display",
        "/invite",
        "/agents/new",
        "/agents/contracts/new-note",
        "/agents",
        "/settings/groups",
        "/settings/policies",
        "/queues",
        "/settings/roles",
        "/settings/workspaces/default",
        "/settings/notifications",
        "/first-steps",
    ];

    public static bool HasTimes(string route) => !_timeless.Contains(route);

    public static Regex TitleOf(string route) =>
        new($"^{TitlePattern(route)} · AgentControl$", RegexOptions.None, TimeSpan.FromSeconds(1));

    public static bool IsInteractive(string route) => Interactive.Contains(route);

    private static string TitlePattern(string route) =>
        route switch
        {
            "/signin" => "Sign in",
            "/setup" => "Set up",
            "/display" => "Display",
            "/invite" => "Join",
            "/a/{approval}" => "Decide: .+",
            _ => _all.Single(r => r.Path == route).Title,
        };

    public static string PathOf(this CheckedProgram program, string route) =>
        route
            .Replace("{job}", program.Job, StringComparison.Ordinal)
            .Replace("{approval}", program.Approval, StringComparison.Ordinal);
}
