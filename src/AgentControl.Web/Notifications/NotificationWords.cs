using AgentControl.Engine.Notifications;

namespace AgentControl.Web.Notifications;

/// <summary>What people read of channels.</summary>
internal static class NotificationWords
{
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
        var parts = new List<string> { string.Join(", ", channel.On.Select(Kind)) };
        if (channel.Agents.Count > 0)
            parts.Add($"of {string.Join(", ", channel.Agents)}");
        if (channel.Tags.Count > 0)
            parts.Add($"tagged {string.Join(", ", channel.Tags)}");
        if (channel.Workspaces.Count > 0)
            parts.Add($"in {string.Join(", ", channel.Workspaces)}");
        return string.Join(' ', parts);
    }

    private static string Kind(string kind) =>
        kind switch
        {
            "needsPerson" => "needs a person",
            "started" => "runs past 3 min",
            "anomaly" => "unexpected",
            _ => kind,
        };
}
