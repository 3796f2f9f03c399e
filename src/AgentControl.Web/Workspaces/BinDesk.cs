using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Workspaces;

/// <summary>The bin as its page shows it. <see cref="WhyNotEmpty"/>: null where the caller may empty it.</summary>
internal sealed record BinContents(Page<FileEntry> Page, (int Files, DateTimeOffset At) Count, string? WhyNotEmpty);

/// <summary>Reads a bin, brings files back and empties it, by today's role.</summary>
internal sealed class BinDesk(
    ICallerAccessor callers,
    WorkspaceFileQueries files,
    WorkspaceBin bin,
    WorkspaceActor actor,
    Notices notices
)
{
    public async Task<BinContents> ReadAsync(
        string workspace,
        string? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var caller = await RequireAsync(Role.Viewer, workspace, cancellationToken);
        // Counted first: what the question names is there on the page, and what comes later is not deleted by its answer.
        var count = await bin.CountAsync(workspace, cancellationToken);
        return new BinContents(
            await files.BinAsync(workspace, after, limit, cancellationToken),
            count,
            caller.Has(Role.Admin, workspace) ? null : "Needs the Admin role"
        );
    }

    public Task RestoreAsync(string workspace, FileEntry file) =>
        actor.RestoreAsync(workspace, WorkspacePath.Of(file.Path));

    /// <summary>Deletes for good what was in the bin at that moment.</summary>
    public async Task EmptyAsync(string workspace, DateTimeOffset until)
    {
        var caller = await RequireAsync(Role.Admin, workspace, CancellationToken.None);
        var gone = await bin.EmptyAsync(workspace, until, caller.ToAuthor(), CancellationToken.None);
        await notices.SayAsync($"Deleted {Formats.Count(gone, "file")} for good.");
    }

    private async Task<Caller> RequireAsync(Role role, string workspace, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken) ?? throw new AccessDeniedException(role, workspace);
        caller.Require(role, workspace);
        return caller;
    }
}
