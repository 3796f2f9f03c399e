using AgentControl.Core.Notifications;

namespace AgentControl.Engine.Notifications;

/// <summary>A rule as it is asked for: when something of these happens, these are told by a channel. Empty lists mean any.</summary>
/// <param name="On">needsPerson, started, completed, failed, anomaly, mentioned; may be empty where only the status is told.</param>
/// <param name="Tell">For e-mail: owner, approvers, members, mentioned and addresses; empty for other channels.</param>
/// <param name="Channel">A channel's name, or inApp for the feed.</param>
/// <param name="EveryMinutes">The status of a running job each so many minutes, 1 to 1440.</param>
/// <param name="EveryPercent">The status of a running job each so many percent, 1 to 50.</param>
/// <param name="CommentOnResult">A job that completes or fails is commented on at its result file too.</param>
/// <param name="Digest">News are gathered and told together; null tells them one by one. What needs a person is never held back.</param>
public sealed record NotificationRuleDraft(
    IReadOnlyCollection<string> On,
    IReadOnlyCollection<string> Agents,
    IReadOnlyCollection<string> Tags,
    IReadOnlyCollection<string> Workspaces,
    IReadOnlyCollection<string> Tell,
    string Channel,
    bool Enabled = true,
    int? EveryMinutes = null,
    int? EveryPercent = null,
    bool CommentOnResult = false,
    DigestWish? Digest = null
)
{
    private const int MostWords = 50;
    private const int LongestWord = 200;

    /// <summary>Words for people of the workspace, beside addresses.</summary>
    public static readonly IReadOnlyList<string> People = ["owner", "approvers", "members", "mentioned"];

    /// <summary>What is wrong, by field.</summary>
    internal Dictionary<string, string[]> Problems(OpenBook book)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (On.FirstOrDefault(k => !NotificationKind.All.Contains(k, StringComparer.Ordinal)) is { } unknown)
            errors["on"] = [$"'{unknown}' is unknown. Use: {string.Join(", ", NotificationKind.All)}."];
        else if (On.Count == 0 && EveryMinutes is null && EveryPercent is null)
            errors["on"] = ["Say what is told, or how often the status is."];
        foreach (
            var (field, words) in new[]
            {
                ("agents", Agents),
                ("tags", Tags),
                ("workspaces", Workspaces),
                ("tell", Tell),
            }
        )
            if (words.Count > MostWords || words.Any(w => string.IsNullOrWhiteSpace(w) || w.Length > LongestWord))
                errors[field] = [$"Use at most {MostWords} words of 1 to {LongestWord} characters."];
        if (EveryMinutes is < 1 or > 1_440)
            errors["everyMinutes"] = ["Use 1 to 1440 minutes, or leave it out."];
        if (EveryPercent is < 1 or > 50)
            errors["everyPercent"] = ["Use 1 to 50 percent, or leave it out."];
        if (CommentOnResult && !On.Contains(NotificationKind.Completed) && !On.Contains(NotificationKind.Failed))
            errors["commentOnResult"] = ["Add completed or failed to what is told, or leave it out."];
        if (Digest is not null && Channel == NotificationStore.InApp)
            errors["digest"] = ["Leave it out: the feed shows everything at once and is read when it suits."];
        else if (Digest is not null && DigestPlan.Of(Digest.Every, Digest.At, Digest.TimeZone, out var wrong) is null)
            errors[$"digest.{wrong.Field}"] = [wrong.Remedy];
        var channel = book.Find(Channel);
        if (channel is null && Channel != NotificationStore.InApp)
            errors["channel"] =
            [
                $"No channel is called '{Channel}'. Use: {string.Join(", ", book.Channels.Select(c => c.Name).Prepend(NotificationStore.InApp))}.",
            ];
        else if (channel?.Type == ChannelReader.Email)
        {
            if (Tell.Count == 0)
                errors["tell"] = ["Say who gets it: owner, approvers, members, mentioned or addresses."];
            else if (Tell.FirstOrDefault(t => !People.Contains(t) && !ChannelReader.IsAddress(t)) is { } bad)
                errors.TryAdd(
                    "tell",
                    [$"'{bad}' is no e-mail address. Use addresses, owner, approvers, members or mentioned."]
                );
        }
        else if (Tell.Count > 0)
            errors["tell"] = ["Leave it out: only e-mail goes to people. This channel has one receiver."];
        return errors;
    }
}

/// <summary>When news are told together.</summary>
/// <param name="Every">day or hour.</param>
/// <param name="At">Each day at this time, such as 08:00.</param>
/// <param name="TimeZone">Such as Europe/Berlin; UTC where it is left out.</param>
public sealed record DigestWish(string? Every, string? At = null, string? TimeZone = null)
{
    internal static DigestWish? Of(string? json) =>
        DigestPlan.Read(json) is { } plan ? new(plan.Every, plan.Hourly ? null : plan.AtText, plan.Zone.Id) : null;

    /// <summary>As it is kept; null where it is none.</summary>
    internal string? Write() => DigestPlan.Of(Every, At, TimeZone, out _)?.Write();
}

/// <summary>A rule that is kept.</summary>
public sealed record NotificationRuleView(
    Guid Id,
    IReadOnlyList<string> On,
    IReadOnlyList<string> Agents,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Workspaces,
    IReadOnlyList<string> Tell,
    string Channel,
    bool Enabled,
    int? EveryMinutes,
    int? EveryPercent,
    DateTimeOffset ChangedAt,
    string ChangedBy,
    bool CommentOnResult = false,
    DigestWish? Digest = null
)
{
    /// <summary>Lists are compared by what is in them.</summary>
    public bool Equals(NotificationRuleView? other) =>
        other is not null && (Id, ChangedAt) == (other.Id, other.ChangedAt);

    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>What became of a rule or a channel that was saved.</summary>
public abstract record NotificationOutcome<T>
{
    private NotificationOutcome() { }

    public sealed record Saved(T Value) : NotificationOutcome<T>;

    /// <summary>Nothing was saved.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : NotificationOutcome<T>;

    public sealed record Missing : NotificationOutcome<T>;
}
