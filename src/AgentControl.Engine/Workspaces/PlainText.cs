using System.Text;

namespace AgentControl.Engine.Workspaces;

/// <summary>Makes any text storable: PostgreSQL has no NUL, and half a surrogate pair is no character.</summary>
internal static class PlainText
{
    public static string Clean(string text, int maxLength)
    {
        var cut = text.Length <= maxLength ? text : text[..maxLength];
        if (cut.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return cut.Replace('\0', '\u2400');
        var clean = new StringBuilder(cut.Length);
        foreach (var rune in cut.EnumerateRunes())
            clean.Append(rune.Value == 0 ? "\u2400" : rune.ToString());
        return clean.ToString();
    }
}
