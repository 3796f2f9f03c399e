namespace AgentControl.Agents.Documents;

/// <summary>Finds clauses by the headings of sections, most specific first, and by their sentences where no heading speaks.</summary>
internal static class ClauseFinder
{
    private const int Most = 30;

    /// <summary>Longer clauses are cut at a line's or word's end, so that a result stays below a step's limit.</summary>
    private const int LongestClause = 4_000;

    /// <summary>Only so much of a section's body is read for its kind.</summary>
    private const int BodyWindow = 1_500;

    private const int ShortestClause = 40;

    public static IReadOnlyList<ClauseFinding> Find(string text, DocumentOutline outline)
    {
        var sections = outline.Sections;
        var found = new List<ClauseFinding>();
        foreach (var (kind, heading, body) in ClauseRules.All)
        {
            var matched = sections.Select(section => Speaks(section, heading)).ToArray();
            var covered = Covered(sections, matched);
            var taken = 0;
            for (var i = 0; i < sections.Count && taken < Most; i++)
            {
                var byHeading = matched[i] && !covered[i] && sections[i].End - sections[i].Start >= ShortestClause;
                if (byHeading || (!matched[i] && ByBody(text, sections, i, body)))
                {
                    found.Add(Clause(text, kind, sections[i]));
                    taken++;
                }
            }
        }

        return
        [
            .. found.OrderBy(clause => clause.Start).ThenBy(clause => clause.Kind, StringComparer.Ordinal).Take(Most),
        ];
    }

    private static bool Speaks(Section section, System.Text.RegularExpressions.Regex heading) =>
        section.Kind is not SectionKind.Boundary
        && section.Heading.Length > 0
        && heading.IsMatch(section.Heading)
        && !ClauseRules.NotAClause().IsMatch(section.Heading);

    /// <summary>A section is covered where one inside it has a heading of the same kind: the inner one is the clause.</summary>
    private static bool[] Covered(IReadOnlyList<Section> sections, bool[] matched)
    {
        var covered = new bool[sections.Count];
        for (var i = sections.Count - 1; i >= 0; i--)
        {
            if ((matched[i] || covered[i]) && sections[i].Parent >= 0)
            {
                covered[sections[i].Parent] = true;
            }
        }

        return covered;
    }

    private static bool ByBody(
        string text,
        IReadOnlyList<Section> sections,
        int index,
        System.Text.RegularExpressions.Regex body
    )
    {
        var section = sections[index];
        if (
            !section.IsLeaf
            || section.Kind is SectionKind.Boundary or SectionKind.Headed
            || section.End - section.BodyStart < ShortestClause
        )
        {
            return false;
        }

        return SpeakingHeading(sections, index).Length == 0
            && body.IsMatch(text.AsSpan(section.BodyStart, Math.Min(section.End - section.BodyStart, BodyWindow)));
    }

    /// <summary>The nearest heading around a section that says something of its content.</summary>
    private static string SpeakingHeading(IReadOnlyList<Section> sections, int index)
    {
        for (var i = index; i >= 0; i = sections[i].Parent)
        {
            if (sections[i].Kind != SectionKind.Headed && sections[i].Heading.Length > 0)
            {
                return ClauseRules.CatchAll().IsMatch(sections[i].Heading) ? "" : sections[i].Heading;
            }
        }

        return "";
    }

    private static ClauseFinding Clause(string text, string kind, Section section)
    {
        var end = section.End;
        if (end - section.Start > LongestClause)
        {
            end = section.Start + LongestClause;
            var space = text.LastIndexOf(' ', end - 1, LongestClause / 2);
            end = space > 0 ? space : end;
        }

        return new ClauseFinding(kind, text[section.Start..end], section.Start, end);
    }
}
