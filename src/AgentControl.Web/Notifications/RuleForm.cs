using AgentControl.Core.Notifications;
using AgentControl.Engine.Notifications;

namespace AgentControl.Web.Notifications;

/// <summary>A rule as it is filled in: lists with commas, empty for any.</summary>
public sealed class RuleForm
{
    public HashSet<string> On { get; init; } = new(NotificationKind.Usual, StringComparer.Ordinal);
    public string Agents { get; set; } = "";
    public string Tags { get; set; } = "";
    public string Workspaces { get; set; } = "";
    public string Tell { get; set; } = "";
    public string Channel { get; set; } = "";
    public bool Enabled { get; set; } = true;
    public int? EveryMinutes { get; set; }
    public int? EveryPercent { get; set; }
    public bool CommentOnResult { get; set; }

    /// <summary>day, hour, or empty for one by one.</summary>
    public string Digest { get; set; } = "";
    public string DigestAt { get; set; } = "08:00";
    public string DigestZone { get; set; } = "UTC";

    public static RuleForm Of(NotificationRuleView rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new()
        {
            On = new(rule.On, StringComparer.Ordinal),
            Agents = string.Join(", ", rule.Agents),
            Tags = string.Join(", ", rule.Tags),
            Workspaces = string.Join(", ", rule.Workspaces),
            Tell = string.Join(", ", rule.Tell),
            Channel = rule.Channel,
            Enabled = rule.Enabled,
            EveryMinutes = rule.EveryMinutes,
            EveryPercent = rule.EveryPercent,
            CommentOnResult = rule.CommentOnResult,
            Digest = rule.Digest?.Every ?? "",
            DigestAt = rule.Digest?.At ?? "08:00",
            DigestZone = rule.Digest?.TimeZone ?? "UTC",
        };
    }

    public void Tick(string kind, bool on)
    {
        if (on)
            On.Add(kind);
        else
            On.Remove(kind);
    }

    /// <param name="toPeople">Whether the channel writes to people: others have one receiver.</param>
    public NotificationRuleDraft Read(bool toPeople) =>
        new(
            [.. NotificationKind.All.Where(On.Contains)],
            Words(Agents),
            Words(Tags),
            Words(Workspaces),
            toPeople ? Words(Tell) : [],
            Channel,
            Enabled,
            EveryMinutes,
            EveryPercent,
            CommentOnResult,
            Digest.Length == 0 ? null : new DigestWish(Digest, DigestAt, DigestZone)
        );

    private static string[] Words(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
