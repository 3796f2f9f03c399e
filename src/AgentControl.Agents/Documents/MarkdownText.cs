using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>Puts text of documents into markdown as text: on one line, and with no sign that markdown or HTML would read.</summary>
internal static class MarkdownText
{
    public static string Line(string text, int longest = int.MaxValue)
    {
        var line = new StringBuilder(text.Length + 16);
        var pendingSpace = false;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                pendingSpace = line.Length > 0;
                continue;
            }

            if (length++ >= longest)
            {
                return line.Append('…').ToString();
            }

            if (pendingSpace)
            {
                line.Append(' ');
                pendingSpace = false;
            }

            Append(line, rune);
        }

        return line.ToString();
    }

    private static void Append(StringBuilder line, Rune rune)
    {
        switch (rune.Value)
        {
            case '<':
                line.Append("&lt;");
                break;
            case '>':
                line.Append("&gt;");
                break;
            case '&':
                line.Append("&amp;");
                break;
            case '\\' or '|' or '`' or '*' or '_' or '[' or ']' or '#' or '~' or '!':
                line.Append('\\').Append(rune);
                break;
            default:
                line.Append(rune);
                break;
        }
    }
}
