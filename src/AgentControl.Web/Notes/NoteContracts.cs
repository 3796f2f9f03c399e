using AgentControl.Engine.Notes;
using AgentControl.Web.Workspaces;

namespace AgentControl.Web.Notes;

/// <summary>A note as lists show it.</summary>
/// <param name="Size">Bytes of the text in UTF-8.</param>
/// <param name="FirstLine">The first line of the text, at most 160 characters.</param>
/// <param name="JobId">The job that wrote it; null where a person or program did.</param>
internal sealed record NoteContract(
    string Name,
    int Version,
    int Size,
    string FirstLine,
    AuthorContract WrittenBy,
    Guid? JobId,
    DateTimeOffset At
)
{
    public static NoteContract Of(NoteView note) =>
        new(note.Name, note.Version, note.Size, note.FirstLine, AuthorContract.Of(note.WrittenBy), note.JobId, note.At);
}

/// <summary>One version of a note.</summary>
/// <param name="Deleted">The version is a deletion.</param>
/// <param name="Text">Null for a deletion.</param>
internal sealed record NoteTextContract(
    string Name,
    int Version,
    bool Deleted,
    string? Text,
    int Size,
    AuthorContract WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At
)
{
    public static NoteTextContract Of(NoteVersion note) =>
        new(
            note.Name,
            note.Version,
            note.Deleted,
            note.Text,
            note.Size,
            AuthorContract.Of(note.WrittenBy),
            note.JobId,
            note.StepKey,
            note.At
        );
}

/// <summary>One version of a note, without its text.</summary>
internal sealed record NoteVersionContract(
    int Version,
    bool Deleted,
    int Size,
    AuthorContract WrittenBy,
    Guid? JobId,
    string? StepKey,
    DateTimeOffset At
)
{
    public static NoteVersionContract Of(NoteVersionView version) =>
        new(
            version.Version,
            version.Deleted,
            version.Size,
            AuthorContract.Of(version.WrittenBy),
            version.JobId,
            version.StepKey,
            version.At
        );
}

/// <summary>A note's new text.</summary>
/// <param name="ExpectedVersion">The version that was read, 0 where there is to be none; left out it replaces whatever stands.</param>
internal sealed record NoteRequest(string? Text, int? ExpectedVersion);
