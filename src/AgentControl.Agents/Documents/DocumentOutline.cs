namespace AgentControl.Agents.Documents;

/// <summary>The sections of a document, in order, with their depth: what clauses, parties and terms are looked up in.</summary>
internal sealed class DocumentOutline
{
    /// <summary>From so many labels on a document counts as numbered, and its plain paragraphs are no sections of their own.</summary>
    private const int LabelsOfNumbered = 3;

    private DocumentOutline(IReadOnlyList<Section> sections) => Sections = sections;

    public IReadOnlyList<Section> Sections { get; }

    /// <summary>Where the operative text begins: the first labelled section or recital; the text's length where there is none.</summary>
    public int OperativeStart(string text)
    {
        var first = Sections.FirstOrDefault(s => s.Kind is SectionKind.Labelled or SectionKind.Boundary);
        return first?.Start ?? text.Length;
    }

    /// <summary>Where labels and headings begin and end.</summary>
    public IReadOnlyList<int> Cuts(string text)
    {
        var cuts = new List<int>(Sections.Count * 3);
        foreach (var section in Sections)
        {
            cuts.Add(section.Start);
            cuts.Add(section.BodyStart);
            var heading =
                section.Heading.Length == 0
                    ? -1
                    : text.IndexOf(
                        section.Heading,
                        section.Start,
                        section.End - section.Start,
                        StringComparison.Ordinal
                    );
            if (heading >= 0)
            {
                cuts.Add(heading + section.Heading.Length);
            }
        }

        cuts.Sort();
        return cuts;
    }

    public static DocumentOutline Of(string text)
    {
        var lines = TextLine.Split(text);
        var starts = LabelledStarts(text, lines);
        var numbered = starts.Count(s => s.Kind == SectionKind.Labelled) >= LabelsOfNumbered;
        var headed = HeadedStarts(text, lines, numbered);
        starts.AddRange(headed);
        if (!numbered)
        {
            // Under headings a paragraph is a section of its own only with a heading run into it.
            var underHeadings = headed.Count(s => s.Kind == SectionKind.Headed) >= LabelsOfNumbered;
            starts.AddRange(ParagraphStarts(text, lines).Where(s => !underHeadings || s.Heading.Length > 0));
        }

        // A line can be found twice; the label, which was added first, tells more.
        var ordered = starts.OrderBy(s => s.Start).DistinctBy(s => s.Start).ToList();
        return new DocumentOutline(Nest(text, ordered));
    }

    private static List<Section> LabelledStarts(string text, List<TextLine> lines)
    {
        var sections = new List<Section>();
        var sequence = new LabelSequence();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.IsBlank)
            {
                continue;
            }

            var content = line.In(text)[..Math.Min(line.End - line.Start, 200)].ToString();
            if (
                SectionLabel.Read(content) is not { } label
                || !sequence.Takes(label, line, i == 0 || EndsSentence(text, lines[i - 1]))
            )
            {
                continue;
            }

            var rest = content[Math.Min(label.Length, content.Length)..];
            var bodyStart = line.Start + Math.Min(label.Length, content.Length);
            if (rest.Length == 0 && i + 1 < lines.Count && !lines[i + 1].IsBlank)
            {
                rest = lines[i + 1].In(text)[..Math.Min(lines[i + 1].End - lines[i + 1].Start, 200)].ToString();
            }

            sections.Add(
                new Section(
                    line.Start,
                    bodyStart,
                    label.Depth,
                    SectionKind.Labelled,
                    HeadingReader.AtStart(rest, Content(text, lines, i + 1))
                )
            );
        }

        return sections;
    }

    private static List<Section> HeadedStarts(string text, List<TextLine> lines, bool numbered)
    {
        var sections = new List<Section>();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.IsBlank || !line.AfterBlank)
            {
                continue;
            }

            var content = line.In(text)[..Math.Min(line.End - line.Start, 200)].ToString();
            if (HeadingReader.IsBoundary(content))
            {
                sections.Add(new Section(line.Start, line.Start, 0, SectionKind.Boundary, ""));
            }
            else if (
                (line.BeforeBlank || IsRule(Content(text, lines, i + 1)))
                && HeadingReader.StandsAlone(content)
                && (!numbered || HeadingReader.IsShouted(content))
            )
            {
                sections.Add(new Section(line.Start, line.End, 0, SectionKind.Headed, content));
            }
        }

        return sections;
    }

    private static IEnumerable<Section> ParagraphStarts(string text, List<TextLine> lines) =>
        from line in lines
        where !line.IsBlank && line.AfterBlank
        let content = line.In(text)[..Math.Min(line.End - line.Start, 200)].ToString()
        select new Section(line.Start, line.Start, 1, SectionKind.Paragraph, HeadingReader.AtStart(content, "x"));

    private static Section[] Nest(string text, List<Section> starts)
    {
        var sections = starts.ToArray();
        var open = new Stack<int>();
        for (var i = 0; i < sections.Length; i++)
        {
            Close(sections[i].Depth, sections[i].Start);
            var parent = open.Count > 0 ? open.Peek() : -1;
            sections[i] = sections[i] with { Parent = parent };
            if (parent >= 0)
            {
                sections[parent] = sections[parent] with { IsLeaf = false };
            }

            open.Push(i);
        }

        Close(int.MinValue, text.Length);
        return sections;

        void Close(int depth, int at)
        {
            while (open.Count > 0 && sections[open.Peek()].Depth >= depth)
            {
                var closed = open.Pop();
                var end = at;
                while (end > sections[closed].Start && char.IsWhiteSpace(text[end - 1]))
                {
                    end--;
                }

                sections[closed] = sections[closed] with { End = end };
            }
        }
    }

    private static bool EndsSentence(string text, TextLine line) =>
        line.IsBlank || text[line.End - 1] is '.' or ';' or ':' or '-' or '=' or '_';

    private static bool IsRule(string line) => line.Length > 2 && line.All(c => c is '-' or '=' or '_' or '~' or '*');

    private static string Content(string text, List<TextLine> lines, int index) =>
        index < lines.Count
            ? lines[index].In(text)[..Math.Min(lines[index].End - lines[index].Start, 80)].ToString()
            : "";
}
