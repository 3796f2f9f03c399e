namespace AgentControl.Engine.Workspaces;

/// <summary>A shared folder.</summary>
internal sealed class WorkspaceRow
{
    public required string Name { get; init; }
    public Guid Id { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";

    /// <summary>Bytes of all versions kept, the bin included; null without a limit.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Files, the bin included; null without a limit.</summary>
    public int? MaxFiles { get; init; }
}

/// <summary>The newest version of a name: what lists and writes look at.</summary>
internal sealed class WorkspaceFileRow
{
    public required string Workspace { get; init; }
    public required string Path { get; init; }
    public int Version { get; init; }
    public required byte[] Sha256 { get; init; }
    public long Size { get; init; }
    public required string ContentType { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? JobId { get; init; }
    public string? StepKey { get; init; }
    public DateTimeOffset At { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }
    public string? DeletedBy { get; init; }
}

/// <summary>One version; its id is made by whoever writes it, so a repeated commit finds itself.</summary>
internal sealed class WorkspaceFileVersionRow
{
    public Guid Id { get; init; }
    public required string Workspace { get; init; }
    public required string Path { get; init; }
    public int Version { get; init; }
    public required byte[] Sha256 { get; init; }
    public long Size { get; init; }

    /// <summary>The bytes of a small file; null where they lie on disk under their hash.</summary>
    public byte[]? Content { get; init; }
    public required string ContentType { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? JobId { get; init; }
    public string? StepKey { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class WorkspaceCommentRow
{
    public Guid Id { get; init; }
    public required string Workspace { get; init; }
    public Guid? JobId { get; init; }
    public string? AnchorKind { get; init; }
    public string? Anchor { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public required string Body { get; init; }

    /// <summary>Whom it names, as JSON; null for nobody.</summary>
    public string? Mentions { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class WorkspaceActivityRow
{
    public Guid Id { get; init; }
    public required string Workspace { get; init; }
    public required string Kind { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? JobId { get; init; }
    public string? Path { get; init; }
    public int? Version { get; init; }
    public required string Text { get; init; }
    public DateTimeOffset At { get; init; }
}
