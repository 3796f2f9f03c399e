using Microsoft.Net.Http.Headers;

namespace AgentControl.Web.Workspaces;

/// <summary>How a file is shown.</summary>
public enum PreviewKind
{
    /// <summary>Details and a download alone.</summary>
    None,
    Text,
    Markdown,
    Json,
    Table,
    Image,

    /// <summary>By the browser's own viewer.</summary>
    Pdf,
}

/// <summary>Which files are shown how. HTML and scripts show as source.</summary>
internal static class PreviewRules
{
    /// <summary>Files above this show details alone.</summary>
    public const long MostBytes = 5_000_000;

    /// <summary>How much of a text goes to the browser.</summary>
    public const int MostText = 256 * 1024;

    public const int MostRows = 1_000;

    private static readonly HashSet<string> Images = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
    };

    private static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/xml",
        "application/yaml",
        "application/x-ndjson",
        "application/javascript",
        "application/x-sh",
        "application/sql",
        "image/svg+xml",
    };

    public static PreviewKind For(string contentType, string path, long size)
    {
        if (size > MostBytes)
            return PreviewKind.None;
        var media = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType.ToString() : "";
        if (Images.Contains(media))
            return PreviewKind.Image;
        if (media.Equals(FileAnswer.Pdf, StringComparison.OrdinalIgnoreCase))
            return PreviewKind.Pdf;
        var extension = Path.GetExtension(path).ToUpperInvariant();
        return (media.ToLowerInvariant(), extension) switch
        {
            ("text/markdown", _) or (_, ".MD") => PreviewKind.Markdown,
            ("application/json", _) or (_, ".JSON") => PreviewKind.Json,
            ("text/csv" or "text/tab-separated-values", _) or (_, ".CSV" or ".TSV") => PreviewKind.Table,
            (var type, _)
                when type.StartsWith("text/", StringComparison.Ordinal)
                    || type.EndsWith("+json", StringComparison.Ordinal)
                    || type.EndsWith("+xml", StringComparison.Ordinal)
                    || Texts.Contains(type) => PreviewKind.Text,
            // A name without an ending, such as GPL-3 or README, is most often a text; the bytes decide.
            ("application/octet-stream" or "", "") => PreviewKind.Text,
            _ => PreviewKind.None,
        };
    }
}
