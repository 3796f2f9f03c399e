namespace AgentControl.Engine.Notes;

/// <summary>A note as lists show it; the text stands in its newest version.</summary>
internal sealed class NoteRow
{
    public required string Workspace { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }

    /// <summary>Of the newest version, be it a deletion.</summary>
    public int Version { get; init; }
    public bool Deleted { get; init; }
    public int Size { get; init; }
    public required string FirstLine { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? JobId { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class NoteVersionRow
{
    /// <summary>Made by the writer before the first try: a repetition finds it.</summary>
    public Guid Id { get; init; }
    public required string Workspace { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }
    public int Version { get; init; }

    /// <summary>Null for a deletion.</summary>
    public string? Text { get; init; }
    public int Size { get; init; }
    public required string AuthorKind { get; init; }
    public required string AuthorName { get; init; }
    public Guid? JobId { get; init; }
    public string? StepKey { get; init; }
    public DateTimeOffset At { get; init; }
}
