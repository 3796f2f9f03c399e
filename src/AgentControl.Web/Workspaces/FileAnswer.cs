using AgentControl.Engine.Workspaces;
using Microsoft.Net.Http.Headers;

namespace AgentControl.Web.Workspaces;

/// <summary>A file's bytes as an answer: never anything that a browser would run in this program's name.</summary>
internal static class FileAnswer
{
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
        var disposition = new ContentDispositionHeaderValue(shown ? "inline" : "attachment");
        disposition.SetHttpFileName(entry.Path[(entry.Path.LastIndexOf('/') + 1)..]);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["X-File-Version"] = entry.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TypedResults.Stream(
            file.Content,
            shown ? safe : entry.ContentType,
            lastModified: entry.At,
            entityTag: new EntityTagHeaderValue($"\"{entry.ETag}\""),
            enableRangeProcessing: true
        );
    }
}
