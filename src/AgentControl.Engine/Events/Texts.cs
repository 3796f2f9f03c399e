using System.Diagnostics.CodeAnalysis;

namespace AgentControl.Engine.Events;

/// <summary>Text from agents at the door of the log: characters that the database refuses are made visible, length is bounded.</summary>
internal static class Texts
{
    /// <summary>Longest message of an event, in characters.</summary>
    public const int MaxMessage = 8_000;

    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text, int max = MaxMessage)
    {
        if (text is null)
            return null;
        if (text.Length > max)
            text = text[..max] + $"… ({text.Length:N0} characters)";
        var bad = false;
        foreach (var c in text)
            bad |= c == '\0' || char.IsSurrogate(c);
        return bad ? Repair(text) : text;
    }

    /// <summary>Embeddings, overrides and isolates: they make the text around them read otherwise than it is.</summary>
    public static bool TurnsDirection(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static string Repair(string text)
    {
        var repaired = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            repaired.Append(rune.Value == 0 ? "\u2400" : rune.ToString());
        return repaired.ToString();
    }
}
