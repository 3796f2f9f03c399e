using System.Net.Http.Headers;

namespace AgentControl.Engine.Workspaces;

/// <summary>What a file is, told by its name where its writer did not say.</summary>
public static class ContentTypes
{
    public const string Unknown = "application/octet-stream";

    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = "text/plain",
        [".log"] = "text/plain",
        [".md"] = "text/markdown",
        [".markdown"] = "text/markdown",
        [".csv"] = "text/csv",
        [".tsv"] = "text/tab-separated-values",
        [".json"] = "application/json",
        [".ndjson"] = "application/x-ndjson",
        [".jsonl"] = "application/x-ndjson",
        [".xml"] = "application/xml",
        [".yaml"] = "application/yaml",
        [".yml"] = "application/yaml",
        [".html"] = "text/html",
        [".htm"] = "text/html",
        [".css"] = "text/css",
        [".js"] = "text/javascript",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".pdf"] = "application/pdf",
        [".zip"] = "application/zip",
        [".gz"] = "application/gzip",
        [".doc"] = "application/msword",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".xls"] = "application/vnd.ms-excel",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".cs"] = "text/plain",
        [".py"] = "text/plain",
        [".sql"] = "text/plain",
        [".sh"] = "text/plain",
        [".toml"] = "text/plain",
        [".ini"] = "text/plain",
    };

    /// <summary>The declared type where it is a real one, otherwise the extension's.</summary>
    public static string For(WorkspacePath path, string? declared)
    {
        if (
            declared is { Length: > 0 and <= 200 }
            && MediaTypeHeaderValue.TryParse(declared, out var parsed)
            && parsed.MediaType is { } type
            && type != Unknown
            && type != "application/x-www-form-urlencoded"
        )
            return parsed.ToString();
        return ByExtension.GetValueOrDefault(Path.GetExtension(path.Name), Unknown);
    }
}
