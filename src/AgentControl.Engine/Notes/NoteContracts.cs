using AgentControl.Core.Notes;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Engine.Notes;

/// <summary>Whose note it is, and its name.</summary>
public sealed record NoteAddress(string Workspace, string Agent, string Name);

/// <summary>A workspace in which an agent has notes, and how many.</summary>
public sealed record NoteWorkspace(string Name, int Notes);

/// <summary>A note as lists show it.</summary>
/// <param name="Size">Bytes of the text in UTF-8.</param>
public sealed record NoteView(
    string Name,
    int Version,
    int Size,
    string FirstLine,
    Author WrittenBy,
    Guid? JobId,
    DateTimeOffset At
)
{
    /// <summary>As the job's code sees it.</summary>
    public NoteEntry ToEntry() => new(Name, Version, Size, FirstLine, WrittenBy.Name, At);
}

/// <summary>One version of a note.</summary>
/// <param name="Text">Null for a deletion.</param>
/// <param name="StepKey">The step of the job that wrote it.</param>
public sealed record NoteVersion(
    string Name,
    int Version,
    string? Text,
    int Size,
    Author WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At
)
{
    public bool Deleted => Text is null;

    /// <summary>As lists show it.</summary>
    public NoteView ToView() => new(Name, Version, Size, NoteText.FirstLine(Text ?? ""), WrittenBy, JobId, At);
}

/// <summary>One version of a note, without its text.</summary>
public sealed record NoteVersionView(
    int Version,
    bool Deleted,
    int Size,
    Author WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At
);

/// <summary>A change of a note. The id is made by the caller, once, before the first try.</summary>
/// <param name="Text">The whole text, or what comes behind it; null deletes the note.</param>
public sealed record NoteWrite(Guid Id, NoteAddress Note, string? Text, Author By)
{
    /// <summary>The text goes behind that which is there.</summary>
    public bool Append { get; init; }

    /// <summary>The version that the writer knows, 0 for none; null for any.</summary>
    public int? ExpectedVersion { get; init; }

    public Guid? JobId { get; init; }

    public string? StepKey { get; init; }
}

/// <summary>How a change ended.</summary>
public enum NoteOutcome
{
    /// <summary>A new version stands.</summary>
    Written,

    /// <summary>The note had just this text already.</summary>
    Unchanged,

    /// <summary>This id was written before; nothing was done again.</summary>
    Replayed,

    /// <summary>This id was used for another change.</summary>
    OtherContent,

    /// <summary>The note is at another version than the writer expected.</summary>
    Changed,

    /// <summary>Deletions only.</summary>
    NotFound,

    /// <summary>The agent has as many notes as it may.</summary>
    TooMany,

    TooLarge,

    /// <summary>The text cannot be kept; <see cref="NoteText.Problem"/> tells why.</summary>
    BadText,
}

/// <summary>The end of a change, with the version that stands now where there is one.</summary>
public sealed record NoteResult(NoteOutcome Outcome, NoteVersion? Now = null)
{
    public bool Stands => Outcome is NoteOutcome.Written or NoteOutcome.Unchanged or NoteOutcome.Replayed;
}
