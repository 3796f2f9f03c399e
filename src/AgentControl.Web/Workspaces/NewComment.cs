using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>Checks what somebody wrote before it becomes a comment.</summary>
internal static class NewComment
{
    public static (string Field, string Text)? Problem(NewCommentRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Body))
            return ("body", "Write the comment's text.");
        if (request.Body.Length > WorkspaceComments.MaxBody)
            return (
                "body",
                $"A comment has at most {WorkspaceComments.MaxBody} characters. Put longer text into a file."
            );
        if (
            request.Anchor is { } anchor
            && (!CommentAnchor.IsKind(anchor.Kind) || anchor.Id is not { Length: > 0 and <= 1024 })
        )
            return ("anchor", "An anchor has a kind (file, step or approval) and the id of that thing.");
        if (
            request.Anchor is { Kind: CommentAnchor.FileKind } file
            && !WorkspacePath.TryParse(file.Id, out _, out var problem)
        )
            return ("anchor", problem);
        return null;
    }

    public static Comment Of(NewCommentRequest request, Guid id, string workspace, Author by) =>
        new(id, workspace, by, request.Body!)
        {
            JobId = request.JobId,
            Anchor = request.Anchor is { } anchor ? new CommentAnchor(anchor.Kind, anchor.Id) : null,
        };
}

/// <summary>Which comments: of a job, or about one thing.</summary>
internal sealed record CommentFilter(Guid? JobId, string? File, string? Step, string? Approval)
{
    public CommentAnchor? Anchor =>
        File is { Length: > 0 } ? new CommentAnchor(CommentAnchor.FileKind, File)
        : Step is { Length: > 0 } ? new CommentAnchor(CommentAnchor.StepKind, Step)
        : Approval is { Length: > 0 } ? new CommentAnchor(CommentAnchor.ApprovalKind, Approval)
        : null;
}
