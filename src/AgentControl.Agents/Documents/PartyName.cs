using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>How names of companies and people are written.</summary>
internal static partial class PartyName
{
    private const int Timeout = 10_000;
    private const string Gap = @"(?:[ \t]{1,3}|[ \t]{0,3}\r?\n[ \t]{0,12})";
    private const string Word = @"[\p{Lu}\p{Nd}&][\p{L}\p{N}'’&.+/-]{0,40}";
    private const string Small = "(?:of|de|du|del|der|den|von|van|für|the|y|e|et)";

    /// <summary>Endings that make a name a company, association or public body.</summary>
    private const string LegalForm =
        @"(?:[Ll]imited|LIMITED|Ltd\.?|LTD\.?|L\.?L\.?C\.?|L\.?L\.?P\.?|LP|Inc\.?|INC\.?|Incorporated|INCORPORATED|Corp\.?|CORP\.?|Corporation|CORPORATION|Company|COMPANY|Co\.|plc|PLC|P\.L\.C\.|CIC|CIO|GmbH|gGmbH|mbH|AG|KG|KGaA|OHG|UG|SE|e\.V\.|eG|Genossenschaft|Stiftung|AS|ASA|A/S|ApS|AB|Oy|Oyj|B\.?V\.?|N\.?V\.?|VOF|SARL|S\.?[AÀaà]\.?\s?[Rr]\.?[Ll]\.?|S\.?A\.?S?\.?|S\.?p\.?A\.?|S\.?r\.?l\.?|S\.?L\.?U?\.?|Lda\.?|Kft\.?|Zrt\.?|s\.r\.o\.|a\.s\.|d\.o\.o\.|Sp\.\sz\so\.o\.|K\.K\.|Association|ASSOCIATION|Foundation|FOUNDATION|Trust|TRUST|Society|SOCIETY|University|UNIVERSITY|Council|COUNCIL|Cooperative|Co-operative|Partnership|Partners|PARTNERS|Bank|BANK|Fund|FUND)(?![\p{L}\p{N}])";

    private const string Forms =
        "(?:(?:Pty|PTY|Pte|PTE|Pvt|PVT|Co|CO)\\.?,?"
        + Gap
        + ")?"
        + LegalForm
        + "(?:"
        + Gap
        + "&"
        + Gap
        + @"Co\."
        + Gap
        + "KG)?";

    /// <summary>A company's name, up to and with its legal form.</summary>
    [GeneratedRegex(
        @"\G" + Word + "(?:" + Gap + "(?:" + Word + "|" + Small + ")){0,7}?,?" + Gap + Forms,
        RegexOptions.CultureInvariant,
        Timeout
    )]
    public static partial Regex Company();

    /// <summary>Two to five capitalised words: a person, or a body without a legal form.</summary>
    [GeneratedRegex(
        @"\G(?<title>(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|MR|MRS|MS|DR|PROF)\.?[ \t]{1,3}){0,2})(?<name>\p{Lu}[\p{L}'’-]{1,30}(?:[ \t]{1,3}(?:\p{Lu}[\p{L}'’-]{1,30}|\p{Lu}\.?|de|van|von|der|la|bin|al)){0,4}[ \t]{1,3}\p{Lu}[\p{L}'’-]{1,30})",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    public static partial Regex Person();

    /// <summary>What begins like a name but is an address, a role or a phrase.</summary>
    [GeneratedRegex(
        @"^(?:The|This|That|These|Both|Each|Either|Whereas|WHEREAS|In|It|Its|Unit|Section|Clause|Article|Regulation|Schedule|Ground|Floor|Street|Suite|Company|Registered|Court|State|County|Republic|Federal|United|PO|P\.O|NOW|IT|Date|Dated|Tel|Dear|Re|RE|For|By|On|At)\b",
        RegexOptions.CultureInvariant,
        Timeout
    )]
    public static partial Regex NotAName();

    /// <summary>Roles that a line of a form may name a party by.</summary>
    [GeneratedRegex(
        @"^(?:(?:the|venue|property|service|data|first|second|prime|general|main|sub-?)\s)?(?:landlord|lessor|tenant|lessee|owner|hirer|hiree|licensor|licensee|seller|vendor|buyer|purchaser|supplier|customer|client|contractor|sub-?contractor|consultant|employer|employee|lender|borrower|guarantor|franchisor|franchisee|manufacturer|distributor|agent|principal|provider|processor|controller|discloser|recipient|party\s?[a-z0-9]?|company|mortgagor|mortgagee|assignor|assignee|grantor|grantee|insurer|insured|partner|investor|issuer|carrier|shipper|author|publisher|organi[sz]er|promoter|artist)(?:\s\([^)]{1,30}\))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Timeout
    )]
    public static partial Regex Role();
}
