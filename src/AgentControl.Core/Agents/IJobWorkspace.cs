namespace AgentControl.Core.Agents;

/// <summary>The job's shared folder. Reads are recorded steps (by version), writes and comments happen once.</summary>
public interface IJobWorkspace
{
    /// <summary>Paths under a folder, sorted. Empty when there are none.</summary>
    Task<IReadOnlyList<WorkspaceEntry>> ListAsync(string prefix);

    /// <summary>The bytes of the newest version at first reading; the same version on every replay. Null when there is no such file.</summary>
    Task<byte[]?> ReadAsync(string path);

    /// <summary>Writes a new version of the file, once.</summary>
    Task<WorkspaceEntry> WriteAsync(string path, ReadOnlyMemory<byte> content, string? contentType = null);

    /// <summary>Adds a markdown comment to the workspace's feed, once.</summary>
    Task CommentAsync(string markdown, string? path = null);
}

/// <summary>One file of a workspace.</summary>
/// <param name="Size">Bytes.</param>
public sealed record WorkspaceEntry(string Path, int Version, long Size, string Sha256, string ContentType);
