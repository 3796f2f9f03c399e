using System.Diagnostics.CodeAnalysis;

namespace AgentControl.Web.Mcp;

/// <summary>The addresses of resources: <c>agentcontrol://jobs/{id}/log</c>, <c>agentcontrol://workspaces/{ws}/files/{path}</c> and so on.</summary>
/// <param name="Owner">A job's id or short id, or a workspace's name.</param>
/// <param name="Kind">What of it.</param>
/// <param name="Rest">A file's name or a checkpoint's key; empty elsewhere.</param>
internal sealed record ResourceAddress(string Owner, string Kind, string Rest)
{
    public const string Job = "job";
    public const string Log = "log";
    public const string Progress = "progress";
    public const string Checkpoint = "checkpoints";
    public const string File = "files";
    private const string Scheme = "agentcontrol://";
    private const string Jobs = "jobs";
    private const string Workspaces = "workspaces";

    /// <summary>Each kind with its pattern, and what stands there.</summary>
    public static readonly IReadOnlyList<(string Name, string Template, string Description, string? Type)> Templates =
    [
        (Job, $"{Scheme}{Jobs}/{{job}}", "A job with its input and output", "application/json"),
        (Log, $"{Scheme}{Jobs}/{{job}}/{Log}", "The newest lines of a job's log", "text/plain"),
        (Progress, $"{Scheme}{Jobs}/{{job}}/{Progress}", "How far a job is", "application/json"),
        (
            Checkpoint,
            $"{Scheme}{Jobs}/{{job}}/{Checkpoint}/{{+key}}",
            "The newest version of a value that an agent stashed",
            "application/json"
        ),
        (File, $"{Scheme}{Workspaces}/{{workspace}}/{File}/{{+path}}", "A file of a workspace", null),
    ];

    public static string OfLog(string job) => $"{Scheme}{Jobs}/{job}/{Log}";

    public static string OfFile(string workspace, string path) =>
        $"{Scheme}{Workspaces}/{workspace}/{File}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static bool TryParse(string? uri, [NotNullWhen(true)] out ResourceAddress? address)
    {
        address = null;
        if (uri is null || !uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        string[] parts = [.. uri[Scheme.Length..].Split('/').Select(Uri.UnescapeDataString)];
        address = parts switch
        {
            [Jobs, var id] when id.Length > 0 => new(id, Job, ""),
            [Jobs, var id, Log or Progress] when id.Length > 0 => new(id, parts[2], ""),
            [Jobs, var id, Checkpoint, _, ..] when id.Length > 0 => new(id, Checkpoint, string.Join('/', parts[3..])),
            [Workspaces, var name, File, _, ..] when name.Length > 0 => new(name, File, string.Join('/', parts[3..])),
            _ => null,
        };
        return address is not null;
    }
}
