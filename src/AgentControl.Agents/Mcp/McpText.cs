using System.Globalization;
using System.Text;
using AgentControl.Agents.Assistant;
using ModelContextProtocol.Protocol;

namespace AgentControl.Agents.Mcp;

/// <summary>What a model reads of a server's answer: its text. Everything else is named, and not shown.</summary>
internal static class McpText
{
    public static ToolResult Of(CallToolResult result, int most)
    {
        var text = new StringBuilder();
        foreach (var part in result.Content)
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(Part(part));
            if (text.Length > most)
                break;
        }
        if (result.Content.Count == 0 && result.StructuredContent is { } structured)
            text.Append(structured.GetRawText());
        return new(text.Length == 0 ? "(no text)" : Cut(text.ToString(), most), result.IsError == true);
    }

    /// <summary>Shortened where it is longer, with a word about it.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most
            ? text
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{text[..ToolDesk.Whole(text, most)]}… [cut: {text.Length} characters in all]"
            );

    private static string Part(ContentBlock part) =>
        part switch
        {
            TextContentBlock text => text.Text,
            ImageContentBlock image => $"[image, {image.MimeType}, not shown]",
            AudioContentBlock sound => $"[sound, {sound.MimeType}, not shown]",
            EmbeddedResourceBlock { Resource: TextResourceContents inside } => $"{inside.Uri}:\n{inside.Text}",
            EmbeddedResourceBlock { Resource: { } inside } => $"[resource {inside.Uri}, not shown]",
            ResourceLinkBlock link => $"[resource {link.Uri}, not shown]",
            _ => $"[{part.Type}, not shown]",
        };
}
