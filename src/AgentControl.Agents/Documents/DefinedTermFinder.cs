using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds the terms that a document defines: in quotes, in brackets behind what they stand for, or in a list of definitions.</summary>
internal static partial class DefinedTermFinder
{
    private const int Most = 300;
    private const int Timeout = 10_000;
    private const string Open = "[\"“„«‘]";
    private const string Close = "[\"”“»’]";
    private const string Quoted = Open + @"(?<term>[^""“”„«»\n]{1,60}?)" + Close;

    public static IReadOnlyList<Finding> Find(string text, DocumentOutline outline)
    {
        var found = new List<Finding>();
        foreach (Match match in Bracket().Matches(text))
        {
            foreach (Match quoted in AnyQuoted().Matches(match.Value))
            {
                var term = quoted.Groups["term"];
                Add(match.Index + term.Index, term.Length);
            }
        }

        foreach (var pattern in new[] { Means(), Called(), Dashed(), BareBracket(), BareCalled() })
        {
            foreach (Match match in pattern.Matches(text))
            {
                foreach (Capture term in match.Groups["term"].Captures)
                {
                    Add(term.Index, term.Length);
                }
            }
        }

        foreach (var (start, end) in DefinitionLists(outline))
        {
            var list = text[start..end];
            foreach (var line in TextLine.Split(list).Where(line => line.AfterBlank))
            {
                if (ListEntry().Match(list, line.Start, line.End - line.Start) is { Success: true } entry)
                {
                    Add(start + entry.Groups["term"].Index, entry.Groups["term"].Length);
                }
            }
        }

        return [.. found.OrderBy(term => term.Start).DistinctBy(term => Bare(term.Text)).Take(Most)];

        void Add(int start, int length)
        {
            var term = text.Substring(start, length).Trim();
            if (IsTerm(term))
            {
                found.Add(Finding.At(text, start, start + length));
            }
        }
    }

    /// <summary>A term begins with a capital, behind an article at most; pronouns of letters ("you", "we") are none.</summary>
    private static bool IsTerm(string term)
    {
        var bare = Bare(term);
        return bare.Length > 0
            && term.Length == term.Trim().Length
            && (char.IsUpper(bare[0]) || (char.IsAsciiDigit(bare[0]) && bare.Any(char.IsUpper)))
            && !Pronoun().IsMatch(bare)
            && bare.Count(c => c == ' ') <= 6
            && bare[^1] is not ('.' or ',' or ';' or ':');
    }

    private static string Bare(string term) => Article().Replace(term, "");

    /// <summary>Sections that are headed as definitions.</summary>
    private static IEnumerable<(int Start, int End)> DefinitionLists(DocumentOutline outline) =>
        outline
            .Sections.Where(section => section.Heading.Length > 0 && DefinitionHeading().IsMatch(section.Heading))
            .Take(5)
            .Select(section => (section.Start, section.End));

    /// <summary>A bracket that holds something in quotes: (the "Lender"), (hereinafter „Controller“).</summary>
    [GeneratedRegex(
        @"\([^()""“„«‘]{0,60}" + Open + @"[^()]{1,160}\)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Bracket();

    [GeneratedRegex(Quoted, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex AnyQuoted();

    /// <summary>"X" means; "X" and "Y" are.</summary>
    [GeneratedRegex(
        Quoted
            + @"(?:(?:,|\s{1,20}and|,?\s{1,20}or)\s{1,20}"
            + Quoted
            + @"){0,4}\s{1,20}(?:shall\s{1,20}mean|shall\s{1,20}have|means?|has\s{1,20}the|have\s{1,20}the|refers?\s{1,20}to|includes?|are\b|is\b)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Means();

    [GeneratedRegex(
        @"\b(?:called|referred\s{1,20}to\s{1,20}as|known\s{1,20}as|defined\s{1,20}as|hereinafter|hereafter|each(?:,)?\s{1,20}an?|together(?:,)?\s{1,20}the|collectively(?:,)?\s{1,20}the|jointly(?:,)?\s{1,20}the)\s{1,20}(?:collectively\s{1,20}|together\s{1,20})?(?:the\s{1,20})?"
            + Quoted,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Called();

    [GeneratedRegex(
        @"[–—-]\s{0,3}(?:the\s{1,3})?" + Quoted + @"\s{0,3}[–—-]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Dashed();

    /// <summary>(the Landlord): without quotes, but capitalised.</summary>
    [GeneratedRegex(
        @"\((?:the|each,?\s(?:an?|the)|together,?\sthe|hereinafter(?:\sthe)?)\s(?<term>\p{Lu}[\p{L}'’-]{1,30}(?:\s\p{Lu}[\p{L}'’-]{1,30}){0,3})\)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex BareBracket();

    [GeneratedRegex(
        @"\b(?:are|is|be)\s{1,20}(?:together\s{1,20}|collectively\s{1,20}|hereinafter\s{1,20})?(?:called|referred\s{1,20}to\s{1,20}as)\s{1,20}the\s{1,20}(?<term>\p{Lu}[\p{L}'’-]{1,30}(?:\s\p{Lu}[\p{L}'’-]{1,30}){0,3})",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex BareCalled();

    /// <summary>A line of a definitions list: "Rent Days: 25 March…".</summary>
    [GeneratedRegex(
        @"^(?<term>\p{Lu}[\p{L}'’-]{1,30}(?:\s[\p{L}'’-]{1,30}){0,4}):\s",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex ListEntry();

    [GeneratedRegex(
        @"^(definitions?|interpretation|defined terms|meanings?|glossary)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex DefinitionHeading();

    [GeneratedRegex(@"^(?:[Tt]he|[Aa]n?)\s+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Article();

    [GeneratedRegex(
        "^(?:You|Your|We|Us|Our|I|Me|My|It|They)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        Timeout
    )]
    private static partial Regex Pronoun();
}
