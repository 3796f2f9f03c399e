using AgentControl.Core.Notifications;
using AgentControl.Engine.Notifications;

namespace AgentControl.Web.Notifications;

/// <summary>What people read of channels.</summary>
internal static class NotificationWords
{
    /// <summary>By what the feed may be filtered, with its words.</summary>
    public static readonly IReadOnlyList<(string? Kind, string Words)> Filters =
    [
        (null, "All"),
        (NotificationKind.NeedsPerson, "Needs a person"),
        (NotificationKind.Started, "Running"),
        (NotificationKind.Status, "Status"),
        (NotificationKind.Completed, "Completed"),
        (NotificationKind.Failed, "Failed"),
        (NotificationKind.Mentioned, "Names you"),
        (NotificationKind.Regressed, "Failed again"),
    ];

    public static readonly IReadOnlyList<string?> FeedKinds =
    [
        .. Filters.Select(f => f.Kind).Where(kind => kind is not null),
    ];

    public static string KindHue(string kind) =>
        kind switch
        {
            NotificationKind.NeedsPerson => "violet",
            NotificationKind.Completed => "green",
            NotificationKind.Failed or NotificationKind.Regressed => "red",
            NotificationKind.Anomaly => "amber",
            _ => "blue",
        };

    public static string KindIcon(string kind) =>
        kind switch
        {
            NotificationKind.NeedsPerson => "hand",
            NotificationKind.Completed => "circle-check",
            NotificationKind.Failed => "octagon-x",
            NotificationKind.Regressed => "rotate-ccw",
            NotificationKind.Anomaly => "triangle-alert",
            NotificationKind.Mentioned => "message-square",
            _ => "loader",
        };

    public static string Type(string type) =>
        type switch
        {
            "slack" => "Slack",
            "email" => "E-mail",
            _ => "Webhook",
        };

    public static string State(string state) =>
        state switch
        {
            "ok" => "Works",
            "disabled" => "Disabled",
            "failing" => "Fails",
            _ => "Not tried yet",
        };

    public static string Hue(string state) =>
        state switch
        {
            "ok" => "green",
            "disabled" or "failing" => "red",
            _ => "grey",
        };

    public static string Icon(string state) =>
        state switch
        {
            "ok" => "circle-check",
            "disabled" or "failing" => "triangle-alert",
            _ => "info",
        };

    /// <summary>What it tells of, and of which jobs.</summary>
    public static string Rule(NotificationChannelView channel)
    {
        if (channel.IsOwn)
            return "what rules say";
        var parts = new List<string> { string.Join(", ", channel.On.Select(Kind)) };
        if (channel.Agents.Count > 0)
            parts.Add($"of {string.Join(", ", channel.Agents)}");
        if (channel.Tags.Count > 0)
            parts.Add($"tagged {string.Join(", ", channel.Tags)}");
        if (channel.Workspaces.Count > 0)
            parts.Add($"in {string.Join(", ", channel.Workspaces)}");
        return string.Join(' ', parts);
    }

    /// <summary>A rule in one sentence.</summary>
    public static string Rule(NotificationRuleView rule)
    {
        var parts = new List<string>();
        if (rule.On.Count > 0)
            parts.Add(string.Join(", ", rule.On.Select(Kind)));
        if (rule.EveryMinutes is { } minutes)
            parts.Add($"{(parts.Count > 0 ? "and " : "")}status every {minutes} min");
        if (rule.EveryPercent is { } percent)
            parts.Add($"{(parts.Count > 0 ? "and " : "")}status every {percent} %");
        if (rule.Agents.Count > 0)
            parts.Add($"of {string.Join(", ", rule.Agents)}");
        if (rule.Tags.Count > 0)
            parts.Add($"tagged {string.Join(", ", rule.Tags)}");
        if (rule.Workspaces.Count > 0)
            parts.Add($"in {string.Join(", ", rule.Workspaces)}");
        parts.Add($"→ {(rule.Channel == "inApp" ? "the feed" : rule.Channel)}");
        if (rule.Tell.Count > 0)
            parts.Add($"to {string.Join(", ", rule.Tell)}");
        if (rule.Digest is { } digest)
            parts.Add(
                digest.Every == Core.Notifications.DigestPlan.Hour
                    ? "together each hour"
                    : $"together each day at {digest.At} ({digest.TimeZone})"
            );
        if (rule.CommentOnResult)
            parts.Add("and a comment on the result file");
        return string.Join(' ', parts);
    }

    /// <summary>A kind behind "When a job".</summary>
    public static string When(string kind) =>
        kind switch
        {
            NotificationKind.NeedsPerson => "needs a person",
            NotificationKind.Started => "runs past 3 minutes",
            NotificationKind.Completed => "completes",
            NotificationKind.Failed => "fails",
            NotificationKind.Mentioned => "has a comment that names people",
            NotificationKind.Regressed => "fails by a cause that was resolved",
            _ => "does something unexpected",
        };

    private static string Kind(string kind) =>
        kind switch
        {
            "needsPerson" => "needs a person",
            "started" => "runs past 3 min",
            "anomaly" => "unexpected",
            "mentioned" => "names people",
            "regressed" => "failed again",
            _ => kind,
        };
}
