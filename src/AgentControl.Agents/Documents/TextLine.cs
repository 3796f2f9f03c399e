namespace AgentControl.Agents.Documents;

/// <summary>One line of a text: its printed part lies at <c>text[Start..End]</c>; empty where the line is blank.</summary>
internal readonly record struct TextLine(int Start, int End, bool AfterBlank, bool BeforeBlank)
{
    public bool IsBlank => Start == End;

    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, End - Start);

    public static List<TextLine> Split(string text)
    {
        var lines = new List<TextLine>();
        for (var at = 0; at <= text.Length; )
        {
            var feed = text.IndexOf('\n', at);
            var (start, end) = (at, feed < 0 ? text.Length : feed);
            at = feed < 0 ? text.Length + 1 : feed + 1;
            while (start < end && char.IsWhiteSpace(text[start]))
            {
                start++;
            }

            while (end > start && char.IsWhiteSpace(text[end - 1]))
            {
                end--;
            }

            lines.Add(new TextLine(start, end, lines.Count == 0 || lines[^1].IsBlank, BeforeBlank: false));
        }

        for (var i = 0; i < lines.Count; i++)
        {
            lines[i] = lines[i] with { BeforeBlank = i == lines.Count - 1 || lines[i + 1].IsBlank };
        }

        return lines;
    }
}
