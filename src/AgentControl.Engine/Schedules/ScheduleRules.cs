using AgentControl.Core.Agents;
using AgentControl.Core.Schedules;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Schedules;

/// <summary>What a schedule must be; every breach names its field and the remedy.</summary>
public static class ScheduleRules
{
    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 60;

    /// <summary>Longest description, in characters.</summary>
    public const int LongestDescription = 500;

    public const int LeastCatchUpSeconds = 60;

    /// <summary>31 days.</summary>
    public const int MostCatchUpSeconds = 31 * 86_400;

    /// <summary>Names that are addresses of their own.</summary>
    private static readonly string[] _taken = ["new", "preview"];

    internal static Dictionary<string, string[]> Check(
        string name,
        ScheduleDefinition definition,
        AgentDefinition? agent,
        DateTimeOffset now
    )
    {
        var errors = SubmissionRules
            .Check(definition.Job, agent, checkInput: true)
            .ToDictionary(e => e.Key == "name" ? "jobName" : e.Key, e => e.Value, StringComparer.Ordinal);
        void Wrong(string field, string why) => errors[field] = [why];
        if (NameProblem(name) is { } problem)
            Wrong("name", problem);
        if (definition.Description is { } text && (text.Length > LongestDescription || Texts.Clean(text) != text))
            Wrong("description", $"Use at most {LongestDescription} characters.");
        if (ScheduleWords.Overlap(definition.Overlap) is null)
            Wrong(
                "overlap",
                $"'{definition.Overlap}' is unknown. Use one of: {string.Join(", ", ScheduleWords.Overlaps)}."
            );
        if (ScheduleWords.MissedOf(definition.Missed) is null)
            Wrong(
                "missed",
                $"'{definition.Missed}' is unknown. Use one of: {string.Join(", ", ScheduleWords.Missed)}."
            );
        if (definition.CatchUpSeconds is < LeastCatchUpSeconds or > MostCatchUpSeconds)
            Wrong("catchUpSeconds", $"Use {LeastCatchUpSeconds} to {MostCatchUpSeconds} seconds.");
        if (definition.EndAt <= (definition.StartAt ?? now))
            Wrong(
                "endAt",
                definition.EndAt <= now
                    ? "It has passed. Give a later instant, or leave it out."
                    : "It lies before the start. Give a later instant, or leave it out."
            );
        else if (
            CronRule.TryRead(definition.Cron, definition.TimeZone, Wrong, out var rule)
            && NextOf(rule, definition.StartAt, null, now) is null
        )
            Wrong("cron", $"'{definition.Cron}' never comes due. Choose a day that exists.");
        return errors;
    }

    /// <summary>The first due time behind now that lies within start and end.</summary>
    internal static DateTimeOffset? NextOf(
        CronRule rule,
        DateTimeOffset? startAt,
        DateTimeOffset? endAt,
        DateTimeOffset now
    ) =>
        rule.After(startAt is { } start && start > now ? start.AddTicks(-1) : now) is { } next && !(next > endAt)
            ? next
            : null;

    private static string? NameProblem(string name)
    {
        if (
            name.Length is 0 or > LongestName
            || !char.IsAsciiLetterLower(name[0])
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
        )
            return $"Begin with a letter, and use at most {LongestName} of a-z, 0-9, '-', '_' and '.'.";
        return _taken.Contains(name, StringComparer.Ordinal)
            ? $"'{name}' is an address of its own. Choose another name."
            : null;
    }
}
