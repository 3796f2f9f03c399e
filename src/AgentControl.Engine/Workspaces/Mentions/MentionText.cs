using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AgentControl.Engine.Workspaces;

/// <summary>Finds names behind an @ in Markdown. What stands in code, in an address or inside a word is no name.</summary>
internal static class MentionText
{
    /// <summary>As comments are shown: only then is code here what is code there.</summary>
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .UsePreciseSourceLocation()
        .Build();

    /// <summary>The places of names and what each stands for, first to last.</summary>
    /// <param name="known">What a name means, upper and lower case alike; the longest name that fits is taken.</param>
    public static IReadOnlyList<(string Text, T Target)> Find<T>(string markdown, Dictionary<string, T> known)
    {
        var found = new List<(string, T)>();
        if (known.Count == 0 || !markdown.Contains('@', StringComparison.Ordinal))
            return found;
        var names = known.GetAlternateLookup<ReadOnlySpan<char>>();
        var longest = known.Keys.Max(k => k.Length);
        var hidden = Hidden(markdown);
        for (var at = markdown.IndexOf('@', StringComparison.Ordinal); at >= 0; at = Next(markdown, at))
        {
            if (hidden[at] || (at > 0 && char.IsLetterOrDigit(markdown[at - 1])))
                continue;
            var rest = markdown.AsSpan(at + 1);
            for (var length = Math.Min(longest, rest.Length); length > 0; length--)
            {
                if (!Ends(rest, length) || !names.TryGetValue(rest[..length], out var target))
                    continue;
                found.Add((rest[..length].ToString(), target));
                at += length;
                break;
            }
        }
        return found;
    }

    private static int Next(string text, int at) => at + 1 < text.Length ? text.IndexOf('@', at + 1) : -1;

    /// <summary>A name ends where no word goes on, also not behind a dot or a dash as in <c>ana.smith</c>.</summary>
    private static bool Ends(ReadOnlySpan<char> rest, int length) =>
        length == rest.Length
        || !(
            char.IsLetterOrDigit(rest[length])
            || rest[length] == '@'
            || (
                rest[length] is '.' or '-' or '+' or '_'
                && length + 1 < rest.Length
                && char.IsLetterOrDigit(rest[length + 1])
            )
        );

    /// <summary>A fence that nobody closed ends with its last line, which its own span does not say.</summary>
    private static int LastLine(MarkdownObject part) =>
        part is CodeBlock { Lines.Count: > 0 } code ? code.Lines.Lines[code.Lines.Count - 1].Slice.End : -1;

    private static bool[] Hidden(string markdown)
    {
        var hidden = new bool[markdown.Length];
        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(markdown, _pipeline);
        }
        catch (ArgumentException)
        {
            // Nested deeper than the parser goes: such a text names nobody.
            Array.Fill(hidden, true);
            return hidden;
        }
        foreach (var part in document.Descendants())
        {
            if (part is not (CodeBlock or CodeInline or AutolinkInline or LinkInline { IsAutoLink: true }))
                continue;
            var to = Math.Min(Math.Max(part.Span.End, LastLine(part)), markdown.Length - 1);
            for (var i = Math.Max(0, part.Span.Start); i <= to; i++)
                hidden[i] = true;
        }
        return hidden;
    }
}
