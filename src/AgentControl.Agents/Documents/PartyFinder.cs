using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds who makes the contract: in the block of parties, in the lines of a form, or in the head of a letter.</summary>
internal static partial class PartyFinder
{
    private const int Most = 20;
    private const int Timeout = 10_000;

    /// <summary>Parties are named at the start: no more than this is read.</summary>
    private const int Head = 6_000;
    private const int LongestBlock = 3_000;

    public static IReadOnlyList<Finding> Find(string text, DocumentOutline outline)
    {
        var operative = Math.Min(outline.OperativeStart(text), Head);
        var found = new List<Finding>();
        FromForm(text, operative, found);
        FromBlock(text, found);
        if (LetterSalutation().Match(text, 0, Math.Min(Head, text.Length)) is { Success: true } dear)
        {
            LetterParties.Find(text, dear.Index, found);
        }

        return
        [
            .. found
                .OrderBy(party => party.Start)
                .DistinctBy(party => Key(party.Text), StringComparer.Ordinal)
                .Take(Most),
        ];
    }

    /// <summary>Lines such as "Hirer: Marlowe Ltd".</summary>
    private static void FromForm(string text, int operative, List<Finding> found)
    {
        foreach (Match line in FormLine().Matches(text[..Math.Max(operative, Math.Min(1_500, text.Length))]))
        {
            var value = line.Groups["value"];
            if (
                PartyName.Role().IsMatch(line.Groups["role"].Value)
                && NameAt(text, value.Index, text.Length, standsAlone: true) is { } name
            )
            {
                found.Add(name);
            }
        }
    }

    /// <summary>From "between" to the recitals or the first clause, a name stands at the start of each entry.</summary>
    private static void FromBlock(string text, List<Finding> found)
    {
        foreach (Match between in Between().Matches(text[..Math.Min(Head, text.Length)]))
        {
            var start = between.Index + between.Length;
            var limit = Math.Min(text.Length, start + LongestBlock);
            var stop = BlockEnd().Match(text, start, limit - start);
            var end = stop.Success ? stop.Index : limit;
            var before = found.Count;
            Consider(start);
            foreach (Match entry in EntryStart().Matches(text[start..end]))
            {
                Consider(start + entry.Index + entry.Length);
            }

            if (found.Count - before < 2 && between.Groups["made"].Length == 0)
            {
                // "heights between them": no block of parties after all.
                found.RemoveRange(before, found.Count - before);
            }

            void Consider(int at)
            {
                at += Lead().Match(text, at, end - at).Length;
                if (NameAt(text, at, end, standsAlone: false) is { } name)
                {
                    found.Add(name);
                }
            }
        }
    }

    /// <summary>The name that begins exactly at a position, or null.</summary>
    internal static Finding? NameAt(string text, int at, int end, bool standsAlone)
    {
        if (at >= end)
        {
            return null;
        }

        var title = Title().Match(text, at, end - at);
        var company = PartyName.Company().Match(text, at, end - at);
        if (company.Success && !title.Success)
        {
            return Finding.At(text, company.Index, company.Index + company.Length);
        }

        var person = PartyName.Person().Match(text, at, end - at);
        if (!person.Success)
        {
            return null;
        }

        var name = person.Groups["name"];
        var after = name.Index + name.Length;
        var follows =
            standsAlone
            || after >= text.Length
            || EndsName().IsMatch(text.AsSpan(after, Math.Min(40, text.Length - after)));
        return follows && !PartyName.NotAName().IsMatch(name.Value) ? Finding.At(text, name.Index, after) : null;
    }

    private static string Key(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    [GeneratedRegex(
        @"(?<made>\b(?:made|entered\s+into|concluded|agreement|lease|contract)\b[^.]{0,120}?)?\bbetween\b(?:\s*:)?(?:\s+the\s+undersigned(?:\s+parties)?:?)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Between();

    /// <summary>An entry begins behind "and", behind a number in brackets, and at a paragraph.</summary>
    [GeneratedRegex(
        @"(?:\b(?:and|AND|And)\b:?|\([0-9a-zA-Z]\)|\n[ \t]*\r?\n|;)(?=\s)",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex EntryStart();

    [GeneratedRegex(
        @"\G[\s:""“„]*(?:\([0-9a-zA-Z]\)\s*|[0-9a-zA-Z][.)]\s+)?(?:and\s+)?[""“„]?",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Lead();

    [GeneratedRegex(
        @"(?:\b(?:WHEREAS|Whereas|RECITALS?|Recitals|BACKGROUND|Background|Preamble|PREAMBLE|IT\s+IS\s+(?:HEREBY\s+)?AGREED|NOW,?\s+(?:THEREFORE|IT\s+IS)|witnesseth|WITNESSETH|It\s+is\s+(?:hereby\s+)?agreed|the\s+following\s+is\s+agreed|(?:We|They|The\s+parties)\s+(?:have|agree|wish))\b|\n[ \t]*(?:1[.)]?|§\s?1|(?:ARTICLE|Article|Section|SECTION|Clause)\s+(?:1|I)\b)[.\s])",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex BlockEnd();

    [GeneratedRegex(
        @"^[ \t]*(?<role>[\p{L}][\p{L} \-]{1,30}(?:\([^)\n]{1,20}\))?)[ \t]*:[ \t]+(?<value>\S)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex FormLine();

    [GeneratedRegex(
        @"^\s*(?:,|;|\(|–|-|\bof\b|\band\b|\bAND\b|\bresiding\b|\bwho\b|\bborn\b|\r?\n)",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex EndsName();

    [GeneratedRegex(
        @"\G(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|MR|MRS|MS|DR|PROF)\.?\s",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Title();

    [GeneratedRegex(@"^[ \t]*Dear\s+\p{Lu}", RegexOptions.Multiline | RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex LetterSalutation();
}
