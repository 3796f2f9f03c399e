using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds full calendar dates, each distinct day once, where it is first written.</summary>
internal static partial class DateFinder
{
    private const int Most = 300;
    private const int Timeout = 10_000;
    private const string Month =
        "(?<month>jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?)";

    public static IReadOnlyList<DateFinding> Find(string text)
    {
        var monthFirst = WritesMonthFirst(text);
        var found = new List<DateFinding>();
        Collect(DayMonthYear().Matches(text));
        Collect(MonthDayYear().Matches(text));
        Collect(YearMonthDay().Matches(text));
        foreach (Match match in Numeric().Matches(text))
        {
            var (first, second) = (match.Groups["a"].Value, match.Groups["b"].Value);
            var american = match.Groups["sep"].Value == "/" && monthFirst;
            Add(match, match.Groups["year"].Value, american ? first : second, american ? second : first);
        }

        return [.. found.OrderBy(date => date.Start).DistinctBy(date => date.Iso).Take(Most)];

        void Collect(MatchCollection matches)
        {
            foreach (Match match in matches)
            {
                Add(match, match.Groups["year"].Value, match.Groups["month"].Value, match.Groups["day"].Value);
            }
        }

        void Add(Match match, string year, string month, string day)
        {
            if (IsPartOfMore(text, match) || ToDate(year, month, day) is not { } date)
            {
                return;
            }

            found.Add(new DateFinding(match.Value, match.Index, match.Index + match.Length, date));
        }
    }

    /// <summary>08/25/2025 settles how the document writes 09/01/2025; where nothing does, a dollar sign without a prefix suggests American usage.</summary>
    private static bool WritesMonthFirst(string text)
    {
        foreach (Match match in Numeric().Matches(text))
        {
            if (match.Groups["sep"].Value != "/")
            {
                continue;
            }

            if (Number(match.Groups["a"].Value) > 12)
            {
                return false;
            }

            if (Number(match.Groups["b"].Value) > 12)
            {
                return true;
            }
        }

        return text.Contains(" $", StringComparison.Ordinal) && !text.Contains('£', StringComparison.Ordinal);
    }

    private static bool IsPartOfMore(string text, Match match)
    {
        var end = match.Index + match.Length;
        return (match.Index > 0 && IsJoined(text[match.Index - 1], match.Index > 1 ? text[match.Index - 2] : ' '))
            || (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '_'))
            || (end + 1 < text.Length && text[end] is '.' or '/' or '-' && char.IsAsciiDigit(text[end + 1]));
    }

    private static bool IsJoined(char before, char beforeThat) =>
        char.IsLetterOrDigit(before) || before is '_' || (before is '.' or '/' or '-' && char.IsAsciiDigit(beforeThat));

    private static DateOnly? ToDate(string year, string month, string day)
    {
        var (y, d) = (Number(year), Number(day));
        var m = char.IsAsciiDigit(month[0]) ? Number(month) : MonthNumber(month);
        return y is >= 1800 and <= 2199 && m is >= 1 and <= 12 && d >= 1 && d <= DateTime.DaysInMonth(y, m)
            ? new DateOnly(y, m, d)
            : null;
    }

    private static int MonthNumber(string name) =>
        "janfebmaraprmayjunjulaugsepoctnovdec".IndexOf(name[..3].ToLowerInvariant(), StringComparison.Ordinal) / 3 + 1;

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"(?<day>[0-9]{1,2})(st|nd|rd|th)?(\s{1,20}day\s{1,20}of)?\s{1,20}" + Month + @"\.?,?\s{1,20}(?<year>[0-9]{4})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex DayMonthYear();

    [GeneratedRegex(
        Month + @"\.?\s{1,20}(?<day>[0-9]{1,2})(st|nd|rd|th)?\s{0,20},?\s{1,20}(?<year>[0-9]{4})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex MonthDayYear();

    [GeneratedRegex(
        "(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex YearMonthDay();

    [GeneratedRegex(
        @"(?<a>[0-9]{1,2})(?<sep>[./-])(?<b>[0-9]{1,2})\k<sep>(?<year>[0-9]{4})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Numeric();
}
