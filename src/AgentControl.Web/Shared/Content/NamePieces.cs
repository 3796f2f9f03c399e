using AngleSharp.Dom;

namespace AgentControl.Web.Shared;

/// <summary>Marks the names of people and groups in a comment, as text: what they are called can make no markup.</summary>
internal static class NamePieces
{
    public static void Mark(IDocument document, INode root, IReadOnlyCollection<string> names)
    {
        var longest = names.OrderByDescending(n => n.Length).ToList();
        foreach (
            var text in root.Descendants<IText>()
                .Where(t =>
                    t.Data.Contains('@', StringComparison.Ordinal) && t.ParentElement?.Closest("code, pre") is null
                )
                .ToArray()
        )
        {
            var pieces = Pieces(text.Data, longest).ToList();
            if (pieces.Exists(p => p.IsName))
                text.Replace([
                    .. pieces.Select(p => p.IsName ? Name(document, p.Text) : (INode)document.CreateTextNode(p.Text)),
                ]);
        }
    }

    private static IEnumerable<(string Text, bool IsName)> Pieces(string text, IReadOnlyList<string> names)
    {
        var from = 0;
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; )
        {
            var name =
                at > 0 && char.IsLetterOrDigit(text[at - 1])
                    ? null
                    : names.FirstOrDefault(n => Stands(text, at + 1, n));
            if (name is not null)
            {
                if (at > from)
                    yield return (text[from..at], false);
                from = at + 1 + name.Length;
                yield return (text[at..from], true);
            }
            var next = Math.Max(from, at + 1);
            at = next < text.Length ? text.IndexOf('@', next) : -1;
        }
        if (from < text.Length)
            yield return (text[from..], false);
    }

    private static bool Stands(string text, int at, string name) =>
        name.Length > 0
        && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0
        && Ends(text.AsSpan(at + name.Length));

    /// <summary>As where names are looked for: no word goes on, also not behind a dot or a dash.</summary>
    private static bool Ends(ReadOnlySpan<char> rest) =>
        rest.Length == 0
        || !(
            char.IsLetterOrDigit(rest[0])
            || rest[0] == '@'
            || (rest[0] is '.' or '-' or '+' or '_' && rest.Length > 1 && char.IsLetterOrDigit(rest[1]))
        );

    private static IElement Name(IDocument document, string text)
    {
        var name = document.CreateElement("span");
        name.ClassName = "ac-mention";
        name.TextContent = text;
        return name;
    }
}
