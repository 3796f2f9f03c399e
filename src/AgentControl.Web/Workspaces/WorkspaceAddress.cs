using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>Addresses of files and folders: on the page, and as bytes.</summary>
internal static class WorkspaceAddress
{
    /// <summary>The page of a file, or of a folder where the path is empty or ends in a slash.</summary>
    public static string Page(
        string workspace,
        string path,
        int? version = null,
        string? after = null,
        int? with = null
    )
    {
        var query = new List<string>();
        if (workspace != WorkspaceName.Default)
            query.Add($"ws={Uri.EscapeDataString(workspace)}");
        if (version is { } number)
            query.Add(FormattableString.Invariant($"v={number}"));
        if (with is { } other)
            query.Add(FormattableString.Invariant($"with={other}"));
        if (after is not null)
            query.Add($"after={after}");
        return $"/workspace/{Escape(path)}{(query.Count == 0 ? "" : "?" + string.Join('&', query))}";
    }

    public static string Bytes(string workspace, string path, int? version = null, bool download = false)
    {
        var query = new List<string>();
        if (version is { } number)
            query.Add(FormattableString.Invariant($"version={number}"));
        if (download)
            query.Add("download=true");
        return $"/api/v1/workspaces/{workspace}/files/{Escape(path)}{(query.Count == 0 ? "" : "?" + string.Join('&', query))}";
    }

    /// <summary>The page of the bin.</summary>
    public static string Bin(string workspace, string? after = null)
    {
        var page = Page(workspace, "", after: after);
        return $"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}bin=on";
    }

    /// <summary>A folder as a zip file; all files where it is empty.</summary>
    public static string Zip(string workspace, string folder) =>
        $"/api/v1/workspaces/{workspace}/zip/{Escape(folder.TrimEnd('/'))}";

    /// <summary>The step that wrote a version, in its job.</summary>
    public static string Step(Guid job, string step) => $"/jobs/{job}/timeline?step={Uri.EscapeDataString(step)}";

    /// <summary>The folders of a path, outermost first, each with its slash.</summary>
    public static IEnumerable<string> Folders(string path)
    {
        for (var at = path.IndexOf('/', StringComparison.Ordinal); at >= 0; at = path.IndexOf('/', at + 1))
            yield return path[..(at + 1)];
    }

    public static bool IsFolder(string path) => path.Length == 0 || path.EndsWith('/');

    /// <summary>The last word of a file's or folder's path.</summary>
    public static string Name(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
