using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>A list as every list of the API answers.</summary>
internal sealed record ListContract<T>(IReadOnlyList<T> Items, string? NextCursor);

internal sealed record WorkspaceContract(
    string Name,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    long Files,
    long Bytes
)
{
    public static WorkspaceContract Of(WorkspaceInfo info) =>
        new(info.Name, info.CreatedAt, info.CreatedBy, info.Files, info.Bytes);
}

/// <summary>Who wrote it: <c>kind</c> is <c>person</c>, <c>agent</c> or <c>program</c>.</summary>
internal sealed record AuthorContract(string Kind, string Name)
{
    public static AuthorContract Of(Author author) => new(author.Kind, author.Name);
}

internal sealed record FileContract(
    string Path,
    int Version,
    long Size,
    string Sha256,
    string ETag,
    string ContentType,
    AuthorContract WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At,
    DateTimeOffset? DeletedAt,
    bool ReadOnly
)
{
    public static FileContract Of(FileEntry file) =>
        new(
            file.Path,
            file.Version,
            file.Size,
            file.Sha256,
            $"\"{file.ETag}\"",
            file.ContentType,
            AuthorContract.Of(file.WrittenBy),
            file.JobId,
            file.StepKey,
            file.At,
            file.DeletedAt,
            file.IsVirtual
        );
}

/// <summary>The answer to a write.</summary>
internal sealed record WrittenContract(
    string Path,
    int Version,
    string Sha256,
    string ETag,
    DateTimeOffset At,
    bool Changed
);

internal sealed record ActivityContract(
    Guid Id,
    DateTimeOffset At,
    string Kind,
    AuthorContract By,
    Guid? JobId,
    string? Path,
    int? Version,
    string Text
)
{
    public static ActivityContract Of(Activity line) =>
        new(line.Id, line.At, line.Kind, AuthorContract.Of(line.By), line.JobId, line.Path, line.Version, line.Text);
}

/// <summary>What a comment is about: <c>kind</c> is <c>file</c> (id: its path), <c>step</c> (its key) or <c>approval</c>.</summary>
internal sealed record AnchorContract(string Kind, string Id);

internal sealed record CommentContract(
    Guid Id,
    DateTimeOffset At,
    AuthorContract By,
    string Body,
    Guid? JobId,
    AnchorContract? Anchor,
    IReadOnlyList<MentionContract> Mentions
)
{
    public static CommentContract Of(Comment comment) =>
        new(
            comment.Id,
            comment.At,
            AuthorContract.Of(comment.By),
            comment.Body,
            comment.JobId,
            comment.Anchor is { } anchor ? new AnchorContract(anchor.Kind, anchor.Id) : null,
            [.. comment.Mentions.Select(m => new MentionContract(m.Kind, m.Name, m.Text))]
        );
}

/// <summary>Somebody whom a comment names: <c>kind</c> is <c>person</c> or <c>group</c>, <c>text</c> what stands behind the @.</summary>
internal sealed record MentionContract(string Kind, string Name, string Text);

/// <summary>A new comment, in Markdown. An id of the caller's own (UUIDv7) makes a repeated call harmless.</summary>
internal sealed record NewCommentRequest(string? Body, Guid? JobId, AnchorContract? Anchor, Guid? Id);
