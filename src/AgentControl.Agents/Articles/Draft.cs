using System.ComponentModel;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentControl.Agents.Articles;

/// <summary>The plan of an article.</summary>
internal sealed record Outline(
    string Title,
    [property: Description("Three to six sections in their order.")] IReadOnlyList<OutlineSection> Sections
)
{
    public const int MostSections = 8;

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Title))
            yield return "title: it is empty.";
        if (Sections.Count is 0 or > MostSections)
            yield return $"sections: give one to {MostSections}.";
        if (Sections.Any(section => string.IsNullOrWhiteSpace(section.Heading)))
            yield return "sections: a heading is empty.";
    }
}

internal sealed record OutlineSection(string Heading, [property: Description("What it tells.")] string About);

/// <summary>A text with citations such as <c>[s2]</c>.</summary>
internal sealed partial record CitedText(
    [property: Description("Markdown without headings of level 1 or 2.")] string Markdown
)
{
    public IEnumerable<string> ProblemsWith(IReadOnlySet<string> marks)
    {
        if (string.IsNullOrWhiteSpace(Markdown))
            yield return "markdown: it is empty.";
        foreach (var mark in MarksIn(Markdown).Where(mark => !marks.Contains(mark)))
            yield return $"markdown: there is no source [{mark}].";
    }

    /// <summary>The sources that a text cites, in the order of their first mention.</summary>
    public static IEnumerable<string> MarksIn(string markdown) =>
        Citation().Matches(markdown).Select(match => match.Groups["mark"].Value).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        @"\[(?<mark>s\d+)(c\d+)?\]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Citation();
}

/// <summary>The article as it is decided upon and written.</summary>
internal static class Draft
{
    /// <param name="sources">Names of sources by mark.</param>
    public static string Write(
        Outline outline,
        IEnumerable<string> sections,
        IReadOnlyDictionary<string, string> sources
    )
    {
        var text = new StringBuilder().Append("# ").Append(outline.Title.Trim()).Append('\n');
        foreach (var (section, markdown) in outline.Sections.Zip(sections))
            text.Append("\n## ").Append(section.Heading.Trim()).Append("\n\n").Append(markdown.Trim()).Append('\n');
        var cited = CitedText.MarksIn(text.ToString()).Where(sources.ContainsKey).ToList();
        if (cited.Count > 0)
        {
            text.Append("\n## Sources\n\n");
            foreach (var mark in cited)
                text.Append("- [").Append(mark).Append("] ").Append(sources[mark]).Append('\n');
        }
        return text.ToString();
    }
}
