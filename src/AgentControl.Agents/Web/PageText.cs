using System.Text;

namespace AgentControl.Agents.Web;

/// <summary>The text of a page: HTML without its tags, scripts and styles; other texts as they are.</summary>
internal static class PageText
{
    /// <summary>Null where the content is no text.</summary>
    public static string? Of(byte[] bytes, string media, string? charset)
    {
        if (!IsText(media) || Array.IndexOf(bytes, (byte)0) >= 0)
            return null;
        var text = EncodingOf(charset).GetString(bytes).TrimStart('\uFEFF');
        return media is "text/html" or "application/xhtml+xml" ? HtmlText.Of(text) : text;
    }

    private static bool IsText(string media) =>
        media.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("json", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("yaml", StringComparison.OrdinalIgnoreCase)
        || media.EndsWith("javascript", StringComparison.OrdinalIgnoreCase);

    private static Encoding EncodingOf(string? charset)
    {
        try
        {
            return charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'));
        }
        // Unknown, or one that is not decoded any more, such as utf-7.
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }
}
