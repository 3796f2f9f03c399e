namespace AgentControl.Engine.Workspaces;

/// <summary>Files that are made from the database when somebody reads them: a job's progress and checkpoints.</summary>
public interface IVirtualFiles
{
    /// <summary>The file, or null where the job or key does not exist in this workspace.</summary>
    Task<VirtualFile?> FindAsync(string workspace, VirtualName name, CancellationToken cancellationToken);

    /// <summary>All virtual files of a job; empty where the job is not of this workspace. <see cref="VirtualFile.Content"/> may be left empty, with <see cref="VirtualFile.Size"/> set.</summary>
    Task<IReadOnlyList<VirtualFile>> ListAsync(string workspace, Guid jobId, CancellationToken cancellationToken);
}

/// <summary>A file as the database has it now.</summary>
public sealed record VirtualFile(
    string Path,
    ReadOnlyMemory<byte> Content,
    long Size,
    int Version,
    DateTimeOffset At,
    string WrittenBy
)
{
    public string ContentType { get; init; } = "application/json";
}

/// <summary>The names that belong to the program: <c>jobs/{id}/progress.json</c> and <c>jobs/{id}/checkpoints/{key}.json</c>.</summary>
/// <param name="CheckpointKey">Null for the progress document.</param>
public sealed record VirtualName(Guid JobId, string? CheckpointKey)
{
    private const string Checkpoints = "checkpoints/";

    public static string Progress(Guid jobId) => $"jobs/{jobId:D}/progress.json";

    public static string Checkpoint(Guid jobId, string key) => $"jobs/{jobId:D}/checkpoints/{key}.json";

    /// <summary>Null for every name that may be written.</summary>
    public static VirtualName? From(string path)
    {
        if (JobOf(path, out var rest) is not { } job)
            return null;
        if (rest == "progress.json")
            return new VirtualName(job, null);
        return
            rest.StartsWith(Checkpoints, StringComparison.Ordinal)
            && rest.EndsWith(".json", StringComparison.Ordinal)
            && rest.Length > Checkpoints.Length + 5
            ? new VirtualName(job, rest[Checkpoints.Length..^5])
            : null;
    }

    /// <summary>The job whose folder a name or prefix lies in.</summary>
    public static Guid? JobOf(string path, out string rest)
    {
        rest = "";
        const int start = 5;
        const int end = start + 36;
        if (
            path.Length <= end
            || path[end] != '/'
            || !path.StartsWith("jobs/", StringComparison.Ordinal)
            || !Guid.TryParseExact(path[start..end], "D", out var job)
        )
            return null;
        rest = path[(end + 1)..];
        return job;
    }
}
