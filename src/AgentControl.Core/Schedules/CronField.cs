using System.Globalization;

namespace AgentControl.Core.Schedules;

/// <summary>One field of a cron expression, as it was written and as the values that it names.</summary>
/// <param name="Special">What is more than values, such as <c>L</c>, <c>15W</c> or <c>MON#2</c>; null otherwise.</param>
internal sealed record CronField(string Text, int Least, int Most, IReadOnlyList<int> Values, string? Special)
{
    private static readonly string[] _months =
    [
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
    ];
    private static readonly string[] _days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>Every value: nothing is asked of this field.</summary>
    public bool IsAny => Special is null && Values.Count == Most - Least + 1;

    /// <summary>The step of <c>*/5</c> or <c>0/5</c>; null where it is none.</summary>
    public int? Step =>
        Special is null
        && Text.Split('/') is [var from, var step]
        && (from == "*" || Number(from) == Least)
        && Number(step) is > 1 and var every
            ? every
            : null;

    /// <summary>The first and last of values that follow one another; null where there are gaps.</summary>
    public (int From, int To)? Range =>
        Special is null && Values[^1] - Values[0] == Values.Count - 1 ? (Values[0], Values[^1]) : null;

    /// <exception cref="FormatException">The field is none.</exception>
    public static CronField Of(string text, int least, int most)
    {
        if (text is "*" or "?")
            return new CronField("*", least, most, [.. Enumerable.Range(least, most - least + 1)], null);
        var isDay = most == 7;
        var top = isDay ? 6 : most;
        var isSpecial =
            text.Contains('#', StringComparison.Ordinal) || (most is 31 or 7 && IsSpecial(text.ToUpperInvariant()));
        return new CronField(
            text,
            least,
            top,
            isSpecial
                ? []
                : [.. text.Split(',').SelectMany(part => Expand(part, least, top, isDay)).Distinct().Order()],
            isSpecial ? text.ToUpperInvariant() : null
        );
    }

    /// <summary>A month's or day's number by its number or its three letters.</summary>
    public static int? Number(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        var word = text.ToUpperInvariant();
        return Array.IndexOf(_days, word) is >= 0 and var day ? day
            : Array.IndexOf(_months, word) is >= 0 and var month ? month + 1
            : null;
    }

    private static bool IsSpecial(string text) =>
        text.Split(',')
            .Any(part => part.StartsWith('L') || part.EndsWith('L') || (part.EndsWith('W') && !_days.Contains(part)));

    private static IEnumerable<int> Expand(string part, int least, int most, bool isDay)
    {
        var (span, every) = part.Split('/') switch
        {
            [var all] => (all, 1),
            [var of, var step] => (of, Number(step) ?? throw new FormatException(part)),
            _ => throw new FormatException(part),
        };
        if (every < 1)
            throw new FormatException(part);
        var (from, to) = span.Split('-') switch
        {
            ["*" or "?"] => (least, most),
            [var one] when Number(one) is { } value => (
                value,
                part.Contains('/', StringComparison.Ordinal) ? most : value
            ),
            [var first, var last] when (Number(first), Number(last)) is ({ } low, { } high) => (low, high),
            _ => throw new FormatException(part),
        };
        // Sunday is 0 and 7, and FRI-MON goes over the end of the week.
        var size = most - least + 1;
        if (to < from)
            to += size;
        for (var value = from; value <= to; value += every)
            yield return value > most || isDay ? ((value - least) % size) + least : value;
    }
}
