using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>The label at the start of a line: "10.2", "§ 6", "ARTICLE IX", "(b)", "F."</summary>
internal sealed partial record SectionLabel(int Length, int Depth, LabelStyle Style, int Number)
{
    private const int Timeout = 10_000;

    /// <summary>Reads the label of a line, or null where it has none.</summary>
    public static SectionLabel? Read(string line)
    {
        if (Named().Match(line) is { Success: true } named)
        {
            var number = named.Groups["number"].Value;
            return new SectionLabel(named.Length, Dots(number) + 1, LabelStyle.Named, 0);
        }

        if (Numbered().Match(line) is { Success: true } numbered)
        {
            var number = numbered.Groups["number"].Value;
            var top = int.Parse(number.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture);
            var dots = Dots(number);
            var bare = dots == 0 && numbered.Groups["mark"].Length == 0;
            return new SectionLabel(numbered.Length, dots + 1, bare ? LabelStyle.BareNumber : LabelStyle.Number, top);
        }

        if (Bracketed().Match(line) is { Success: true } bracketed)
        {
            var digit = char.IsAsciiDigit(bracketed.Groups["number"].Value[0]);
            return new SectionLabel(bracketed.Length, digit ? 4 : 5, LabelStyle.Bracket, 0);
        }

        return Lettered().Match(line) is { Success: true } lettered
            ? new SectionLabel(lettered.Length, 1, LabelStyle.Letter, lettered.Groups["letter"].Value[0] - 'A' + 1)
            : null;
    }

    private static int Dots(string number) => number.Trim('.').Count(c => c == '.');

    [GeneratedRegex(
        @"^(?:(?:ARTICLE|Article|SECTION|Section|CLAUSE|Clause|Art\.)\s{1,3}(?<number>[IVXLC]{1,7}|[0-9]{1,3}(?:\.[0-9]{1,3}){0,3})|§\s{0,3}(?<number>[0-9]{1,3}))(?=[\s.:)–—-]|$)[.:)]?\s{0,6}(?:[–—-]\s{1,6})?",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Named();

    [GeneratedRegex(
        @"^(?<number>[0-9]{1,2}(?:\.[0-9]{1,2}){0,3})(?<mark>[.)]?)(?:\s{1,8}|$)",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^\((?<number>[a-z]{1,4}|[0-9]{1,2})\)\s{1,8}", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^(?<letter>[A-Z])(?:[.)]\s{1,8}|\s{2,8})", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Lettered();
}

internal enum LabelStyle
{
    Named,
    Number,
    BareNumber,
    Bracket,
    Letter,
}
