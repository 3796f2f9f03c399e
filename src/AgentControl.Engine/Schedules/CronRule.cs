using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace AgentControl.Engine.Schedules;

/// <summary>
/// A cron expression in a time zone. Where the clock is put forward, a time that does not exist is due as soon as it can be; where it is put back, a
/// time that comes twice is due once. A rule that repeats through the day goes on in both hours, and leaves out what does not exist.
/// </summary>
public sealed class CronRule
{
    private const string Remedy =
        "Use five fields (minute hour day month weekday), six with the second in front, or a macro such as @daily.";

    private readonly CronExpression expression;
    private readonly TimeZoneInfo zone;

    /// <summary>More than one hour of the day, in a zone whose clock is changed.</summary>
    private readonly bool repeats;

    private CronRule(CronExpression expression, TimeZoneInfo zone, string text)
    {
        (this.expression, this.zone) = (expression, zone);
        repeats =
            zone.SupportsDaylightSavingTime
            && text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [.., var hour, _, _, _]
            && hour.AsSpan().ContainsAny('*', '-', '/');
    }

    /// <summary>Reads both, and hands each breach to <paramref name="wrong"/> with its field, <c>cron</c> or <c>timeZone</c>.</summary>
    public static bool TryRead(
        string? cron,
        string? timeZone,
        Action<string, string> wrong,
        [NotNullWhen(true)] out CronRule? rule
    )
    {
        ArgumentNullException.ThrowIfNull(wrong);
        rule = null;
        var (due, place) = (Expression(cron, wrong), Zone(timeZone, wrong));
        if (due is null || place is null)
            return false;
        rule = new CronRule(due, place, cron!);
        return true;
    }

    /// <summary>The first due time behind an instant; null where none comes any more.</summary>
    public DateTimeOffset? After(DateTimeOffset instant) => Next(instant, inclusive: false);

    /// <summary>The next due times behind an instant.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset after, int count, DateTimeOffset? end = null)
    {
        var next = new List<DateTimeOffset>(count);
        for (var due = After(after); due is { } at && next.Count < count && !(at > end); due = After(at))
            next.Add(at);
        return next;
    }

    /// <summary>Every due time of a span, both ends included.</summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset from, DateTimeOffset to)
    {
        for (var due = Next(from, inclusive: true); due is { } at && at <= to; due = After(at))
            yield return at;
    }

    /// <summary>The wall clock of the rule's zone.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    private DateTimeOffset? Next(DateTimeOffset from, bool inclusive)
    {
        var due = expression.GetNextOccurrence(from.UtcDateTime, zone, inclusive);
        // A time that does not exist is moved to the end of the gap: right for one a day, one too many for one an hour.
        while (repeats && due is { } moved && IsMoved(moved))
            due = expression.GetNextOccurrence(moved, zone);
        return due is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    private bool IsMoved(DateTime utc)
    {
        var wall = DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(utc, zone), DateTimeKind.Utc);
        return expression.GetNextOccurrence(wall, inclusive: true) != wall;
    }

    private static CronExpression? Expression(string? cron, Action<string, string> wrong)
    {
        if (string.IsNullOrWhiteSpace(cron))
        {
            wrong("cron", $"Say when it is due. {Remedy}");
            return null;
        }
        var text = cron.Trim();
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (CronFormatException problem)
        {
            wrong("cron", $"'{text}' is no cron expression: {problem.Message.TrimEnd('.')}. {Remedy}");
            return null;
        }
    }

    private static TimeZoneInfo? Zone(string? timeZone, Action<string, string> wrong)
    {
        if (
            !string.IsNullOrWhiteSpace(timeZone)
            && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone.Trim(), out var zone)
        )
            return zone;
        wrong(
            "timeZone",
            string.IsNullOrWhiteSpace(timeZone)
                ? "Say in which time zone. Use an IANA name such as Europe/Berlin, or UTC."
                : $"No time zone is called '{timeZone.Trim()}'. Use an IANA name such as Europe/Berlin, or UTC."
        );
        return null;
    }
}
