using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentControl.Agents.Web;

/// <summary>The text of a page: HTML without its tags, scripts and styles; other texts as they are.</summary>
internal static partial class PageText
{
    /// <summary>Null where the content is no text.</summary>
    public static string? Of(byte[] bytes, string media, string? charset)
    {
        if (!IsText(media) || Array.IndexOf(bytes, (byte)0) >= 0)
            return null;
        var text = EncodingOf(charset).GetString(bytes).TrimStart('\uFEFF');
        return media is "text/html" or "application/xhtml+xml" ? Plain(text) : text;
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

    private static string Plain(string html)
    {
        try
        {
            var text = Unseen().Replace(html, " ");
            text = Blocks().Replace(text, "\n");
            text = WebUtility.HtmlDecode(Tags().Replace(text, " "));
            text = Blanks().Replace(text, " ");
            return Lines().Replace(text, "\n").Trim();
        }
        catch (RegexMatchTimeoutException)
        {
            return html;
        }
    }

    [GeneratedRegex(
        @"<!--.*?-->|<(?<tag>script|style|noscript|template|svg|head)\b.*?</\k<tag>\s*>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        2000
    )]
    private static partial Regex Unseen();

    [GeneratedRegex(
        @"</?(p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|header|footer|blockquote|pre)\b[^>]*>",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        2000
    )]
    private static partial Regex Blocks();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 2000)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[ \t\r\f\u00A0]+", RegexOptions.None, 2000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@" ?\n[ \n]*", RegexOptions.None, 2000)]
    private static partial Regex Lines();
}
