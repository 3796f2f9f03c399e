using System.Globalization;
using System.Text;

namespace AgentControl.Core.Notes;

/// <summary>The rules for a note's text.</summary>
public static class NoteText
{
    /// <summary>Most bytes of one text in UTF-8.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most notes of one agent in one workspace; deleted ones do not count.</summary>
    public const int MaxNotes = 500;

    /// <summary>Longest first line that lists show, in characters.</summary>
    public const int MaxFirstLine = 160;

    public static bool IsTooLarge(string text) => Encoding.UTF8.GetByteCount(text) > MaxBytes;

    /// <summary>What is wrong with the text, and the remedy; null where it can be kept.</summary>
    public static string? Problem(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
            return "The text contains the character U+0000. Remove it.";
        if (!IsWhole(text))
            return "The text contains half of a surrogate pair, which is no character. Remove it.";
        return IsTooLarge(text)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The text has {Encoding.UTF8.GetByteCount(text)} bytes; a note has at most {MaxBytes}. Shorten it, split it into several notes, or put it into a file of the workspace."
            )
            : null;
    }

    /// <summary>The first line that is not blank, on one line and cut to <see cref="MaxFirstLine"/>.</summary>
    public static string FirstLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.AsSpan().Trim();
        if (line.IndexOfAny('\r', '\n') is >= 0 and var end)
            line = line[..end].TrimEnd();
        var cut = line.Length > MaxFirstLine ? MaxFirstLine - 1 : line.Length;
        if (cut > 0 && cut < line.Length && char.IsHighSurrogate(line[cut - 1]))
            cut--;
        var shown = new StringBuilder(MaxFirstLine);
        foreach (var character in line[..cut])
            shown.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character);
        return cut < line.Length ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>A text with another behind it, on a line of its own.</summary>
    public static string Append(string text, string more)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 || text.EndsWith('\n') ? text + more : $"{text}\n{more}";
    }

    private static bool IsWhole(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at]))
                continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return false;
            at++;
        }
        return true;
    }
}
