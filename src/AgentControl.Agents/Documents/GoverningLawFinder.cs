using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds the law that a document says governs it: "State of Delaware", "Swiss law".</summary>
internal static partial class GoverningLawFinder
{
    private const int Timeout = 10_000;
    private const int Window = 160;
    private const string Word = @"\p{Lu}[\p{L}'’.-]{1,30}(?<!\.)";

    public static Finding? Find(string text)
    {
        foreach (Match match in LawsOf().Matches(text))
        {
            var place = match.Groups["place"];
            if (Governs(text, match) && !Incorporates(text, match.Index))
            {
                return Finding.At(text, place.Index, place.Index + place.Length);
            }
        }

        foreach (Match match in NamedLaw().Matches(text))
        {
            if (!NotALaw().IsMatch(match.Value) && Governs(text, match))
            {
                return Finding.At(text, match.Index, match.Index + match.Length);
            }
        }

        return null;
    }

    /// <summary>The sentence around the law speaks of governing.</summary>
    private static bool Governs(string text, Match match)
    {
        var before = text.AsSpan(Math.Max(0, match.Index - Window), Math.Min(Window, match.Index));
        var lastStop = before.LastIndexOf(". ");
        before = lastStop >= 0 ? before[(lastStop + 2)..] : before;
        var end = match.Index + match.Length;
        var after = text.AsSpan(end, Math.Min(Window, text.Length - end));
        var nextStop = after.IndexOf('.');
        after = nextStop >= 0 ? after[..nextStop] : after;
        return CueBefore().IsMatch(before) || CueAfter().IsMatch(after);
    }

    private static bool Incorporates(string text, int at) =>
        Incorporation().IsMatch(text.AsSpan(Math.Max(0, at - 60), Math.Min(60, at)));

    [GeneratedRegex(
        @"\blaws?\s{1,20}of\s{1,20}(?:the\s{1,20})?(?<place>"
            + Word
            + @"(?:\s{1,20}(?:(?:of|and|&)\s{1,20}(?:the\s{1,20})?)?"
            + Word
            + "){0,7})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex LawsOf();

    [GeneratedRegex(
        @"\b(?:\p{Lu}[\p{L}-]{1,30}(?:[ \t]{1,3}|[ \t]{0,3}\r?\n[ \t]{0,12})){1,3}law\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex NamedLaw();

    [GeneratedRegex(
        @"^(The|This|That|These|Such|Any|All|No|Applicable|Governing|Mandatory|Statutory|Contract|Bankruptcy|Insolvency|Tax|Labou?r|Employment|Data|Copyright|Privacy|Criminal|Civil|Public|Private|Local|National|State|Federal|International|Common|Patent|Trade|Insurance|Securities|Company|Family|Property|Protection)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex NotALaw();

    [GeneratedRegex(
        @"\b(governed|governs?|construed|interpreted|subject to|in accordance with|pursuant to|under|law of this|applicable law is|law:)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex CueBefore();

    [GeneratedRegex(
        @"\b(governs?|applies|apply|shall govern|is applicable|shall apply)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex CueAfter();

    [GeneratedRegex(
        @"(organi[sz]ed|incorporated|existing|formed|established|registered|constituted)\s{1,20}([\w,]+\s{1,20}){0,4}(under|by)?\s{0,20}(and\s+by\s+virtue\s+of\s+)?(the\s{1,20})?$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Incorporation();
}
