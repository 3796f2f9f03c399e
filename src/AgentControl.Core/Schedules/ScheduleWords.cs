using System.Text.Json;

namespace AgentControl.Core.Schedules;

/// <summary>The rules of schedules as the API and the database write them.</summary>
public static class ScheduleWords
{
    /// <summary>The words of <see cref="OverlapRule"/>, the default first.</summary>
    public static readonly IReadOnlyList<string> Overlaps = [.. Enum.GetValues<OverlapRule>().Select(r => r.Word())];

    /// <summary>The words of <see cref="MissedRule"/>.</summary>
    public static readonly IReadOnlyList<string> Missed = [.. Enum.GetValues<MissedRule>().Select(r => r.Word())];

    public static string Word(this OverlapRule rule) => JsonNamingPolicy.CamelCase.ConvertName(rule.ToString());

    public static string Word(this MissedRule rule) => JsonNamingPolicy.CamelCase.ConvertName(rule.ToString());

    /// <summary>Null for a word that is none.</summary>
    public static OverlapRule? Overlap(string word) =>
        Overlaps.Contains(word, StringComparer.Ordinal) ? Enum.Parse<OverlapRule>(word, ignoreCase: true) : null;

    /// <summary>Null for a word that is none.</summary>
    public static MissedRule? MissedOf(string word) =>
        Missed.Contains(word, StringComparer.Ordinal) ? Enum.Parse<MissedRule>(word, ignoreCase: true) : null;
}
