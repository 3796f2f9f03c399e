using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;

namespace AgentControl.Web.Workspaces;

/// <summary>What pages show of a workspace; each reading asks for today's role first.</summary>
internal sealed class WorkspaceReader(
    ICallerAccessor callers,
    WorkspaceFolders folders,
    WorkspaceFileQueries files,
    WorkspaceFeed feed,
    WorkspaceComments comments,
    MentionQueries mentions
)
{
    /// <summary>Null where the caller may write; otherwise why not.</summary>
    public async Task<string?> WhyReadOnlyAsync(string workspace, CancellationToken cancellationToken) =>
        (await RequireAsync(workspace, cancellationToken)).Has(Role.Operator, workspace)
            ? null
            : "Needs the Operator role";

    public async Task<Page<FolderLine>> FolderAsync(
        string workspace,
        string folder,
        string? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return await folders.ListAsync(workspace, folder, after, limit, cancellationToken);
    }

    /// <summary>Null where there is no such file or version.</summary>
    public async Task<FilePreview?> PreviewAsync(
        string workspace,
        string path,
        int? version,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        if (
            !WorkspacePath.TryParse(path, out var name, out _)
            || await files.OpenAsync(workspace, name, version, cancellationToken) is not { } file
        )
            return null;
        await using (file)
            return await FilePreview.ReadAsync(file, cancellationToken);
    }

    /// <summary>The newest versions of a file.</summary>
    public async Task<IReadOnlyList<FileEntry>> VersionsAsync(
        string workspace,
        string path,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return WorkspacePath.TryParse(path, out var name, out _)
            ? (await files.VersionsAsync(workspace, name, null, 50, cancellationToken)).Items
            : [];
    }

    public async Task<IReadOnlyList<FileEntry>> SearchAsync(
        string workspace,
        string text,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return await files.SearchAsync(workspace, text, 50, cancellationToken);
    }

    public async Task<IReadOnlyList<FileEntry>> OfJobAsync(
        string workspace,
        Guid jobId,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return await files.OfJobAsync(workspace, jobId, 200, cancellationToken);
    }

    public async Task<Page<Activity>> ActivityAsync(string workspace, int limit, CancellationToken cancellationToken)
    {
        await RequireAsync(workspace, cancellationToken);
        return await feed.ReadAsync(workspace, null, null, limit, cancellationToken);
    }

    public async Task<Page<Comment>> CommentsAsync(
        string workspace,
        Guid? jobId,
        CommentAnchor? anchor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return await comments.ReadAsync(workspace, jobId, anchor, null, limit, cancellationToken);
    }

    /// <summary>Whom a comment may name, of those whose names begin so.</summary>
    public async Task<IReadOnlyList<MentionChoice>> NamesAsync(
        string workspace,
        string begun,
        CancellationToken cancellationToken
    )
    {
        await RequireAsync(workspace, cancellationToken);
        return await mentions.SuggestAsync(workspace, begun, cancellationToken);
    }

    private async Task<Caller> RequireAsync(string workspace, CancellationToken cancellationToken)
    {
        var caller =
            await callers.CurrentAsync(cancellationToken) ?? throw new AccessDeniedException(Role.Viewer, workspace);
        caller.Require(Role.Viewer, workspace);
        return caller;
    }
}
