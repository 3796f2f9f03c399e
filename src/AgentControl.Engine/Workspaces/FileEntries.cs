using System.Linq.Expressions;

namespace AgentControl.Engine.Workspaces;

/// <summary>How rows become entries.</summary>
internal static class FileEntries
{
    public static readonly Expression<Func<WorkspaceFileRow, FileEntry>> FromHead = f => new FileEntry(
        f.Workspace,
        f.Path,
        f.Version,
        f.Size,
        Convert.ToHexStringLower(f.Sha256),
        f.ContentType,
        new Author(f.AuthorKind, f.AuthorName),
        f.JobId,
        f.StepKey,
        f.At
    )
    {
        DeletedAt = f.DeletedAt,
        DeletedBy = f.DeletedBy,
    };

    public static readonly Expression<Func<WorkspaceFileVersionRow, FileEntry>> FromVersion = v => new FileEntry(
        v.Workspace,
        v.Path,
        v.Version,
        v.Size,
        Convert.ToHexStringLower(v.Sha256),
        v.ContentType,
        new Author(v.AuthorKind, v.AuthorName),
        v.JobId,
        v.StepKey,
        v.At
    );

    public static FileEntry From(string workspace, Guid jobId, VirtualFile file)
    {
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Content.Span));
        return new FileEntry(
            workspace,
            file.Path,
            file.Version,
            file.Content.Length > 0 ? file.Content.Length : file.Size,
            sha256,
            file.ContentType,
            Author.Agent(file.WrittenBy),
            jobId,
            null,
            file.At
        )
        {
            IsVirtual = true,
        };
    }
}
