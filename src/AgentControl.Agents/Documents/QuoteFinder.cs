using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>Finds where a document says what is quoted from it. Line breaks and runs of spaces count as one space: whoever quotes rarely keeps them.</summary>
internal static class QuoteFinder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The first place from <paramref name="from"/> on; null where the document does not say it.</summary>
    public static Finding? Find(string text, string quote, int from = 0)
    {
        var said = quote.Trim();
        if (said.Length == 0)
            return null;
        var at = text.IndexOf(said, from, StringComparison.Ordinal);
        if (at >= 0)
            return Finding.At(text, at, at + said.Length);
        var words = said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var match = new Regex(
            string.Join(@"\s+", words.Select(Regex.Escape)),
            RegexOptions.CultureInvariant,
            Patience
        ).Match(text, from);
        return match.Success ? Finding.At(text, match.Index, match.Index + match.Length) : null;
    }
}
