using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>People and their browsers as pages say them.</summary>
internal static class UserWords
{
    private static readonly string[] _browsers = ["Edg/", "OPR/", "Firefox/", "Chrome/", "Safari/"];
    private static readonly string[] _names = ["Edge", "Opera", "Firefox", "Chrome", "Safari"];
    private static readonly (string Mark, string Name)[] _systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The roles that people can have, with the word that forms send.</summary>
    public static IReadOnlyList<(string Value, string Text)> Roles { get; } =
    [
        ("none", "No role"),
        .. new[] { Role.Viewer, Role.Operator, Role.Approver, Role.Admin }.Select(r =>
            (RoleNames.Name(r), r.ToString())
        ),
    ];

    public static string Value(Role? role) => role is { } given ? RoleNames.Name(given) : "none";

    /// <summary>"Firefox on Linux"; what the browser says of itself where it is none that is known.</summary>
    public static string Browser(string agent)
    {
        var browser = Array.FindIndex(_browsers, mark => agent.Contains(mark, StringComparison.Ordinal));
        var system = _systems.FirstOrDefault(s => agent.Contains(s.Mark, StringComparison.Ordinal)).Name;
        var name =
            browser >= 0 ? _names[browser]
            : agent.Length == 0 ? "Unknown browser"
            : agent.Split(' ', '/')[0];
        return system is null ? name : $"{name} on {system}";
    }
}
