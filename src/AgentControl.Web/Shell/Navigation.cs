namespace AgentControl.Web.Shell;

/// <summary>A page that the rail, the bottom bar, "Go to…" and the g-chords lead to.</summary>
/// <param name="Chord">The key behind g, or null.</param>
/// <param name="Area">The addresses below it belong to this page too.</param>
internal sealed record NavItem(
    string Section,
    string Name,
    string Href,
    string Icon,
    char? Chord = null,
    bool CountsPeople = false,
    bool OnPhone = false,
    string? Area = null
)
{
    /// <summary>Whether the address lies on this page or below it.</summary>
    public bool Covers(string path) =>
        Href == "/"
            ? path == "/"
            : Area is not null && path.StartsWith(Area + "/", StringComparison.OrdinalIgnoreCase)
                || path.Equals(Href, StringComparison.OrdinalIgnoreCase)
                || path.StartsWith(Href + "/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The one list of pages. A new page adds its line here.</summary>
internal static class Navigation
{
    public static readonly NavItem[] Items =
    [
        new("Work", "Overview", "/", "layout-dashboard", 'o', OnPhone: true),
        new("Work", "Jobs", "/jobs", "list-checks", 'j', OnPhone: true),
        new("Work", "Approvals", "/approvals", "hand", 'a', CountsPeople: true, OnPhone: true),
        new("Work", "Workspace", "/workspace", "folder-tree", 'w'),
        new("Work", "Agents", "/agents", "bot"),
        new("Health", "Failures", "/failures", "octagon-x"),
        new("Health", "Services", "/services", "activity", 's'),
        new("Health", "Queues", "/queues", "layers", 'q'),
        new("Health", "Metrics", "/trends", "chart-line", 'm'),
        new("Setup", "Schedules", "/schedules", "calendar-clock"),
        new("Setup", "Audit log", "/audit", "history"),
        new("Setup", "Settings", "/settings/profile", "settings", Area: "/settings"),
    ];
}
