using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds how long the contract itself is to last: a duration ("ten (10) years") or an end ("until 30 June 2032").</summary>
internal static partial class TermFinder
{
    private const int Timeout = 10_000;
    private const int Window = 140;
    private const int Enough = 3;
    private const string Count =
        @"(?:[0-9]{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|a|an)";

    public static Finding? Find(string text, DocumentOutline outline)
    {
        var headings = new HeadingLookup(outline);
        var (best, bestScore) = ((Match?)null, Enough - 1);
        foreach (Match match in Duration().Matches(text))
        {
            Weigh(match, Score(text, match, headings.At(match.Index)));
        }

        foreach (Match match in Until().Matches(text))
        {
            // An end date is weaker than a duration: it often only repeats one.
            Weigh(match, Score(text, match, headings.At(match.Index)) - 1);
        }

        return best is null ? null : Finding.At(text, best.Index, best.Index + best.Length);

        void Weigh(Match match, int score)
        {
            if (score > bestScore)
            {
                (best, bestScore) = (match, score);
            }
        }
    }

    private static int Score(string text, Match match, string heading)
    {
        var from = Math.Max(0, match.Index - Window);
        var before = text.AsSpan(from, match.Index - from);
        var stop = before.LastIndexOf(". ");
        before = stop >= 0 ? before[(stop + 1)..] : before;
        var end = match.Index + match.Length;
        var after = text.AsSpan(end, Math.Min(60, text.Length - end));
        var score = 0;
        score += TermOf().IsMatch(before) ? 2 : 0;
        score += Lasts().IsMatch(before) ? 2 : 0;
        score += Instrument().IsMatch(before) ? 1 : 0;
        score += TermHeading().IsMatch(heading) ? 2 : 0;
        score -= Other().IsMatch(before) ? 4 : 0;
        score -= OtherHeading().IsMatch(heading) ? 3 : 0;
        score -= AfterOther().IsMatch(after) ? 4 : 0;
        return score;
    }

    [GeneratedRegex(
        @"\b"
            + Count
            + @"(?:\s{1,20}\([^)\n]{1,20}\))?[\s-]{1,20}(?:full\s|calendar\s|consecutive\s|whole\s){0,2}(?:years?|months?|weeks?)\b(?:\s{1,20}and\s{1,20}"
            + Count
            + @"\s{1,20}months?\b)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Duration();

    [GeneratedRegex(
        @"\b(?:until|to and including|expires on|ends on|ending on|terminates on)\s{1,20}(?:and including\s{1,20})?(?:[0-9]{1,2}(?:st|nd|rd|th)?\s{1,20}\p{L}{3,9}\.?,?\s{1,20}[0-9]{4}|\p{Lu}\p{L}{2,8}\s{1,20}[0-9]{1,2},\s{1,20}[0-9]{4}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Until();

    /// <summary>The duration is named as one: "for a term of", "an initial period of".</summary>
    [GeneratedRegex(
        @"\b(terms?|period|duration)\s+(of|is|shall be|will be|:)\s*(an?\s|up to\s)?$|\bTerm:\s*$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex TermOf();

    /// <summary>Something begins or goes on for it.</summary>
    [GeneratedRegex(
        @"\b(commences?|begins?|starts?|continues?|in (full )?force|in effect|takes effect|runs?|lasts?|remains?|concluded|is for|lets?|granted|engaged|appointed|effective)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Lasts();

    [GeneratedRegex(
        @"\b(agreement|contract|lease|licen[cs]e|engagement|employment|facility|DPA|term|tenancy|partnership|arrangement|appointment|services?)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Instrument();

    [GeneratedRegex(
        @"^(initial )?(term|duration)\b|\bduration\b|\bterm\b|^how long|commencement|period of (hire|engagement)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex TermHeading();

    /// <summary>What is timed is a notice, a renewal, a survival, a warranty or something else that is not the contract.</summary>
    [GeneratedRegex(
        @"\b(notice|renew\w*|further|successive|additional|extend\w*|surviv\w*|within|after|less than|more than|at least|least|probation\w*|trial|warrant\w*|guarantee\w*|overdue|confidential\w*|secret|each|every|first|last|previous|before|older|insur\w*|deposit|interest|reviewed|paid|pay|payable|rent)\b[^.;]{0,60}$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Other();

    [GeneratedRegex(
        @"confiden|secre|notice|warrant|restrict|compet|covenant|non-|payment|liabil|renewal|insur|price|training|deliver|defini|inspect",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex OtherHeading();

    [GeneratedRegex(
        @"^['’]?s?['’]?\s+(written |prior )*(notice|after|before|later|at a time|old|late|in arrear|of (notice|sale|completion|receipt|demand))",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex AfterOther();
}
