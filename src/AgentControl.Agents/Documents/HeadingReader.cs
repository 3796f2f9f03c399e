using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Tells headings from sentences.</summary>
internal static partial class HeadingReader
{
    private const int LongestHeading = 70;
    private const int MostWords = 9;
    private const int MostRunInWords = 6;
    private const int Timeout = 10_000;

    /// <summary>The heading at the start of a section's first line, on its own or run in ("Termination. Either party may…"); empty where it has none.</summary>
    public static string AtStart(string rest, string nextLine)
    {
        var runIn = RunIn().Match(rest);
        if (runIn.Success && Words(runIn.Groups["heading"].Value) <= MostRunInWords)
        {
            return runIn.Groups["heading"].Value;
        }

        var goesOn = nextLine.Length > 0 && char.IsLower(nextLine[0]);
        return StandsAlone(rest) && !goesOn ? rest : "";
    }

    /// <summary>True where a whole line reads as a heading: short, starts with a capital, ends without a stop, one column.</summary>
    public static bool StandsAlone(string line)
    {
        var trimmed = line.TrimEnd('.');
        return trimmed.Length is > 2 and <= LongestHeading
            && char.IsUpper(trimmed[0])
            && (
                line[^1] is not ('.' or ';' or ',' or ':' or '!' or '?' or ')' or '_')
                || (line[^1] == '.' && IsShouted(trimmed))
            )
            && !trimmed.Contains("   ", StringComparison.Ordinal)
            && !trimmed.Contains("__", StringComparison.Ordinal)
            && Words(trimmed) <= MostWords;
    }

    /// <summary>True where every letter is a capital.</summary>
    public static bool IsShouted(string line) => line.Any(char.IsLetter) && !line.Any(char.IsLower);

    /// <summary>True for lines of signatures, schedules and closing formulas: the operative text ends there.</summary>
    public static bool IsBoundary(string line) =>
        Closing().IsMatch(line)
        || (
            line.Contains("    ", StringComparison.Ordinal)
            && IsShouted(line)
            && !line.Contains("__", StringComparison.Ordinal)
        );

    private static int Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    [GeneratedRegex(@"^(?<heading>[\p{Lu}][^.:?!]{1,60})\.\s{1,6}\S", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex RunIn();

    [GeneratedRegex(
        @"^(?:IN\sWITNESS|In\switness|SIGNED|Signed|\(signed\)|EXECUTED|Executed|SIGNATURES?\b|Sincerely|Yours\s|Agreed\sand\saccepted|AGREED\sAND|Accepted\s(?:for|by)|ACCEPTED|For\sthe\s[A-Z]\w{1,30}\b(?!.{0,60}\s(?:shall|will|is|are|of)\s)|For\sand\son\sbehalf|By:|_{4,}|SCHEDULE\b|Schedule\s[0-9A-Z]|ANNEX|Annex\s[0-9A-Z]|APPENDIX|Appendix\s[0-9A-Z]|This\sdocument\shas\sbeen|Please\ssign|We\slook\sforward|I\saccept|If\sthis\s(?:letter\s)?(?:matches|reflects|is\sacceptable|correctly)|BACKGROUND$|RECITALS?$|Recitals?$|Background$|WHEREAS|Whereas|Preamble$|PREAMBLE$|AGREED\sTERMS|Agreed\sterms$|IT\sIS\s(?:HEREBY\s)?AGREED|NOW,?\s(?:THEREFORE|IT\sIS)|TERMS\sAND\sCONDITIONS$|CONDITIONS(?:\sOF\s\w+)?$)",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Closing();
}
