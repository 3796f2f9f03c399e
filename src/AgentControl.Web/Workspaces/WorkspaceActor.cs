using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Workspaces;

/// <summary>Does what a person asks of a workspace, and says how it went.</summary>
internal sealed class WorkspaceActor(
    ICallerAccessor callers,
    WorkspaceFiles files,
    WorkspaceComments comments,
    Notices notices,
    TimeProvider time
)
{
    /// <summary>Puts a file into the bin, with Undo. False where it was not done.</summary>
    public async Task<bool> DeleteAsync(string workspace, FileEntry file)
    {
        var path = WorkspacePath.Of(file.Path);
        var caller = await OperatorAsync(workspace);
        if (caller is null)
            return await RefusedAsync();
        var result = await files.DeleteAsync(
            NewId(),
            workspace,
            path,
            caller.ToAuthor(),
            FileExpectation.OneOf(file.ETag),
            CancellationToken.None
        );
        if (!result.Stands)
        {
            await notices.ProblemAsync(
                result.Outcome is FileOutcome.Changed
                    ? $"{path.Name} has changed meanwhile and was not deleted. Look at version {result.Version} first."
                    : $"{path.Name} is not there any more."
            );
            return false;
        }
        await notices.OfferUndoAsync(
            $"Deleted {path.Name}. It stays in the bin for 30 days.",
            () => RestoreAsync(workspace, path)
        );
        return true;
    }

    /// <summary>Writes an older version anew. False where it was not done.</summary>
    public async Task<bool> RevertAsync(string workspace, FileEntry newest, int version)
    {
        if (await OperatorAsync(workspace) is not { } caller)
            return await RefusedAsync();
        var path = WorkspacePath.Of(newest.Path);
        var write = new FileWrite(NewId(), workspace, path, caller.ToAuthor())
        {
            Expect = FileExpectation.OneOf(newest.ETag),
        };
        var result = await files.RevertAsync(write, version, CancellationToken.None);
        await (
            result.Outcome switch
            {
                FileOutcome.Changed => notices.ProblemAsync(
                    $"{path.Name} has changed meanwhile. Look at version {result.Version} first."
                ),
                FileOutcome.OverQuota => notices.ProblemAsync($"{path.Name} was not written: {result.Why}"),
                FileOutcome.Unchanged => notices.SayAsync($"{path.Name} is the same as v{version} already."),
                _ when result.Stands => notices.SayAsync(
                    $"{path.Name} is as it was in v{version}. That is v{result.Version} now."
                ),
                _ => notices.ProblemAsync($"Version {version} of {path.Name} is not kept any more."),
            }
        );
        return result.Stands;
    }

    /// <summary>Adds a comment under an id that stays the same while a person tries again.</summary>
    public async Task<bool> CommentAsync(Guid id, string workspace, Guid? jobId, CommentAnchor? anchor, string body)
    {
        if (await OperatorAsync(workspace) is not { } caller)
            return await RefusedAsync();
        await comments.AddAsync(
            new Comment(id, workspace, caller.ToAuthor(), body) { JobId = jobId, Anchor = anchor },
            CancellationToken.None
        );
        return true;
    }

    public Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Takes a file out of the bin.</summary>
    public async Task RestoreAsync(string workspace, WorkspacePath path)
    {
        if (await OperatorAsync(workspace) is not { } caller)
        {
            await RefusedAsync();
            return;
        }
        var result = await files.RestoreAsync(NewId(), workspace, path, caller.ToAuthor(), CancellationToken.None);
        await (
            result.Stands
                ? notices.SayAsync($"{path.Name} is back.")
                : notices.ProblemAsync($"{path.Name} is not in the bin any more.")
        );
    }

    private async Task<Caller?> OperatorAsync(string workspace) =>
        await callers.CurrentAsync(CancellationToken.None) is { } caller && caller.Has(Role.Operator, workspace)
            ? caller
            : null;

    private async Task<bool> RefusedAsync()
    {
        await notices.ProblemAsync("This needs the Operator role in the workspace. Ask an admin to grant it.");
        return false;
    }
}
