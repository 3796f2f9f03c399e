using AgentControl.Engine.Workspaces;
using Microsoft.Net.Http.Headers;

namespace AgentControl.Web.Workspaces;

/// <summary>A file's bytes as an answer: never anything that a browser would run in this program's name.</summary>
internal static class FileAnswer
{
    public const string Pdf = "application/pdf";

    // A sandbox would stop the browser's own viewer. No script runs, and only this program's pages may frame it.
    private const string PdfPolicy =
        "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

    // Shown inside a page by the browser without running anything. All else is saved.
    private static readonly Dictionary<string, string> Inline = new(StringComparer.OrdinalIgnoreCase)
    {
        ["image/png"] = "image/png",
        ["image/jpeg"] = "image/jpeg",
        ["image/gif"] = "image/gif",
        ["image/webp"] = "image/webp",
        ["text/plain"] = "text/plain; charset=utf-8",
    };

    public static IResult Of(OpenFile file, HttpResponse response, bool download)
    {
        var entry = file.Entry;
        var media = MediaTypeHeaderValue.TryParse(entry.ContentType, out var parsed) ? parsed.MediaType.ToString() : "";
        var shown = Inline.TryGetValue(media, out var safe) && !download;
        var pdf = !download && media.Equals(Pdf, StringComparison.OrdinalIgnoreCase) && IsPdf(file.Content);
        var disposition = new ContentDispositionHeaderValue(shown || pdf ? "inline" : "attachment");
        disposition.SetHttpFileName(entry.Path[(entry.Path.LastIndexOf('/') + 1)..]);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = pdf ? PdfPolicy : "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["X-File-Version"] = entry.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TypedResults.Stream(
            file.Content,
            shown ? safe
                : pdf ? Pdf
                : entry.ContentType,
            lastModified: entry.At,
            entityTag: new EntityTagHeaderValue($"\"{entry.ETag}\""),
            enableRangeProcessing: true
        );
    }

    // The bytes decide, not the name that somebody gave them.
    private static bool IsPdf(Stream content)
    {
        Span<byte> head = stackalloc byte[5];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return head[..length].SequenceEqual("%PDF-"u8);
    }
}
