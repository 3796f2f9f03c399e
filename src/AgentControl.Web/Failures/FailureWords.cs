using AgentControl.Core.Failures;
using AgentControl.Engine.Failures;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Failures;

/// <summary>What people read of groups of failures.</summary>
internal static class FailureWords
{
    private const int LongestHead = 80;

    /// <summary>How long something may be ignored, with its words; null is for ever.</summary>
    public static readonly IReadOnlyList<(string Word, TimeSpan? Span, string Text)> Spans =
    [
        ("ever", null, "for ever"),
        ("day", TimeSpan.FromDays(1), "for 1 day"),
        ("week", TimeSpan.FromDays(7), "for 7 days"),
        ("month", TimeSpan.FromDays(30), "for 30 days"),
    ];

    public static string Status(string? status) =>
        status switch
        {
            FailureStatus.Resolved => "Resolved",
            FailureStatus.Ignored => "Ignored",
            FailureStatus.Unresolved => "Unresolved",
            _ => "All",
        };

    public static string Icon(FailureGroupView group) =>
        group switch
        {
            { Status: FailureStatus.Resolved } => "circle-check",
            { Status: FailureStatus.Ignored } => "eye-off",
            { Regressed: true } => "rotate-ccw",
            _ => "octagon-x",
        };

    public static string Hue(FailureGroupView group) =>
        group.Status switch
        {
            FailureStatus.Resolved => "green",
            FailureStatus.Ignored => "grey",
            _ => "red",
        };

    /// <summary>The status in a word or two.</summary>
    public static string Now(FailureGroupView group) =>
        group is { Status: FailureStatus.Unresolved, Regressed: true } ? "Failed again" : Status(group.Status);

    /// <summary>"erp · step match · HttpRequestException".</summary>
    public static string Where(FailureGroupView group) =>
        string.Join(
            " · ",
            new[] { group.Service, group.Step is null ? null : $"step {group.Step}", group.Type }.OfType<string>()
        );

    /// <summary>The cause as a heading; the newest message says all of it.</summary>
    public static string Head(FailureGroupView group)
    {
        var title = OddCharacters.Shown(group.Title);
        return title.Length <= LongestHead ? title : title[..LongestHead].TrimEnd() + "…";
    }

    /// <summary>Beside a failed job.</summary>
    public static string Like(FailureGroupView group) =>
        group.Count == 1 ? "The first like this" : $"One of {Formats.Number(group.Count)} like this";

    public static string Empty(FailuresAddress address) =>
        (address.Status, address.Agent) switch
        {
            (_, { } agent) => $"Nothing failed of {agent} that fits.",
            (FailureStatus.Resolved, _) => "Nothing failed that somebody resolved.",
            (FailureStatus.Ignored, _) => "Nothing failed that is ignored.",
            (FailureStatus.Unresolved, _) => "Nothing failed that is unresolved.",
            _ => "Nothing failed yet. Jobs that fail are put together here by their cause.",
        };
}
