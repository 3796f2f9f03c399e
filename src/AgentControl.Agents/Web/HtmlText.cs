using System.Buffers;
using System.Net;
using System.Text;

namespace AgentControl.Agents.Web;

/// <summary>The text of HTML without its markup. Reads each character a fixed number of times, whatever a page is made of.</summary>
internal static class HtmlText
{
    private static readonly string[] _unseen = ["script", "style", "noscript", "template", "svg", "head"];

    private static readonly HashSet<string> _blocks = new(
        [.. "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 section article header footer blockquote pre".Split(' ')],
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly SearchValues<char> _endsName = SearchValues.Create(" \t\r\n\f/<>");

    public static string Of(string html) => Lines(WebUtility.HtmlDecode(WithoutMarkup(html)));

    private static string WithoutMarkup(string html)
    {
        var text = new StringBuilder(html.Length);
        // What was not found from one place on is not looked for again behind it.
        var hopeless = new HashSet<string>(StringComparer.Ordinal);
        var at = 0;
        while (at < html.Length)
        {
            var next = html.IndexOf('<', at);
            if (next < 0)
                break;
            text.Append(html, at, next - at);
            at = next;
            if (!IsMarkup(html, at))
            {
                text.Append(html[at++]);
                continue;
            }
            var (end, gap) = Skip(html, at, hopeless);
            if (end < 0)
                break;
            text.Append(gap);
            at = end;
        }
        return text.Append(html, at, html.Length - at).ToString();
    }

    private static bool IsMarkup(string html, int at) =>
        at + 1 < html.Length && (html[at + 1] is '/' or '!' or '?' || char.IsAsciiLetter(html[at + 1]));

    /// <summary>Where what begins here ends, and what stands in its place; below 0 where nothing from here on is markup.</summary>
    private static (int End, char Gap) Skip(string html, int at, HashSet<string> hopeless)
    {
        var rest = html.AsSpan(at);
        if (rest.StartsWith("<!--", StringComparison.Ordinal) && Behind(html, at + 4, "-->", hopeless) is { } comment)
            return (comment, ' ');
        var name = Name(rest);
        if (
            rest[1] != '/'
            && Array.Find(_unseen, u => name.Equals(u, StringComparison.OrdinalIgnoreCase)) is { } unseen
            && BehindTag(html, at, unseen, hopeless) is { } element
        )
            return (element, ' ');
        var end = html.IndexOf('>', at);
        return (end < 0 ? -1 : end + 1, _blocks.Contains(name) ? '\n' : ' ');
    }

    private static string Name(ReadOnlySpan<char> tag)
    {
        var name = tag[(tag[1] == '/' ? 2 : 1)..];
        // No name that is known is longer.
        name = name[..Math.Min(name.Length, 16)];
        return (name.IndexOfAny(_endsName) is var end and >= 0 ? name[..end] : name).ToString();
    }

    private static int? Behind(string html, int from, string mark, HashSet<string> hopeless)
    {
        if (hopeless.Contains(mark))
            return null;
        var found = from > html.Length ? -1 : html.IndexOf(mark, from, StringComparison.Ordinal);
        if (found >= 0)
            return found + mark.Length;
        hopeless.Add(mark);
        return null;
    }

    private static int? BehindTag(string html, int from, string name, HashSet<string> hopeless)
    {
        if (hopeless.Contains(name))
            return null;
        var mark = "</" + name;
        while ((from = html.IndexOf(mark, from, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            from += mark.Length;
            while (from < html.Length && char.IsWhiteSpace(html[from]))
                from++;
            if (from < html.Length && html[from] == '>')
                return from + 1;
        }
        hopeless.Add(name);
        return null;
    }

    /// <summary>Blanks in a row become one, and lines without text go.</summary>
    private static string Lines(string text)
    {
        var lines = new StringBuilder(text.Length);
        var gap = '\0';
        foreach (var c in text)
        {
            if (c == '\n')
                gap = '\n';
            else if (c is ' ' or '\t' or '\r' or '\f' or '\u00A0')
                gap = gap == '\0' ? ' ' : gap;
            else
            {
                if (gap != '\0')
                    lines.Append(gap);
                gap = '\0';
                lines.Append(c);
            }
        }
        return lines.ToString().Trim();
    }
}
