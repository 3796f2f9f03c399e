using System.Globalization;

namespace AgentControl.Agents.Assistant.Tools;

/// <summary>A part of a text that is longer than one answer shows.</summary>
internal static class TextPart
{
    /// <summary>Room for the line that tells where the rest begins.</summary>
    private const int Note = 200;

    /// <param name="what">What is read, such as <c>file</c>.</param>
    /// <param name="room">Most characters of one answer.</param>
    public static ToolResult Of(string what, string text, int from, int room)
    {
        if (text.Length == 0)
            return new($"The {what} is empty.");
        if (from < 0 || from >= text.Length)
            return ToolResult.Error($"The {what} has {text.Length} characters. Read from 0 to {text.Length - 1}.");
        var end = ToolDesk.Whole(text, from + Math.Min(room - Note, text.Length - from));
        var part = text[from..end];
        return new(
            end == text.Length
                ? part
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{part}\n[{text.Length} characters in all. Read on with \"from\": {end}.]"
                )
        );
    }
}
