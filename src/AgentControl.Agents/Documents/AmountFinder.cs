using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds sums of money, each distinct sum once, where it is first written in figures.</summary>
internal static partial class AmountFinder
{
    private const int Most = 300;
    private const int Timeout = 10_000;

    /// <summary>Grouped figures, or plain ones, with decimals or the dash that Swiss and German writers put in their place.</summary>
    private const string Figures =
        @"(?<figures>[0-9]{1,3}(?:[,.'’\u00A0\u202F][0-9]{3}){1,6}(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?(?:[.,][–—-])?|[0-9]{1,15}(?:[.,][0-9]{1,2}(?![0-9]))?(?:[.,][–—-])?)";
    private const string Scale =
        @"(?:[ \u00A0-]?(?<scale>k|m|mn|mio|bn)(?![\p{L}\p{N}])|\s{1,20}(?<scale>thousand|million|billion)(?![\p{L}]))?";
    private const string NumberWord =
        "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)";

    public static IReadOnlyList<AmountFinding> Find(string text)
    {
        var found = new List<AmountFinding>();
        foreach (Match match in CurrencyFirst().Matches(text))
        {
            AddFigures(match);
        }

        foreach (Match match in CurrencyLast().Matches(text))
        {
            AddFigures(match);
        }

        var written = new List<AmountFinding>();
        foreach (Match match in InWords().Matches(text))
        {
            if (WrittenNumber.Words(match.Groups["words"].Value) is { } value)
            {
                written.Add(Amount(match, value));
            }
        }

        // Figures first: "Forty-Five Thousand Dollars ($45,000)" is one sum, told by its figures.
        return
        [
            .. found
                .OrderBy(a => a.Start)
                .Concat(written)
                .DistinctBy(a => (a.Value, a.Currency))
                .OrderBy(a => a.Start)
                .Take(Most),
        ];

        void AddFigures(Match match)
        {
            if (!IsPartOfMore(text, match) && WrittenNumber.Figures(match.Groups["figures"].Value) is { } value)
            {
                found.Add(Amount(match, value * WrittenNumber.Scale(match.Groups["scale"].Value)));
            }
        }

        AmountFinding Amount(Match match, decimal value) =>
            new(
                match.Value,
                match.Index,
                match.Index + match.Length,
                value,
                Currencies.Code(match.Groups["currency"].Value)
            );
    }

    private static bool IsPartOfMore(string text, Match match)
    {
        var end = match.Index + match.Length;
        return (
                match.Index > 0
                && (char.IsLetterOrDigit(text[match.Index - 1]) || text[match.Index - 1] is '_' or '$' or '{')
            ) || (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '%'));
    }

    [GeneratedRegex(
        "(?<currency>" + Currencies.Signs + "|(?:" + Currencies.Codes + @"))[ \u00A0\u202F]{0,2}" + Figures + Scale,
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex CurrencyFirst();

    [GeneratedRegex(
        Figures + Scale + @"\s{0,20}(?<currency>€|£|(?:" + Currencies.Codes + "|" + Currencies.Words + @")(?![\p{L}]))",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        Timeout
    )]
    private static partial Regex CurrencyLast();

    [GeneratedRegex(
        @"\b(?<words>"
            + NumberWord
            + @"(?:[\s-]{1,20}(?:and[\s]{1,20})?"
            + NumberWord
            + @"){0,12})\s{1,20}(?<currency>"
            + Currencies.Words
            + @")(?![\p{L}])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        Timeout
    )]
    private static partial Regex InWords();
}
