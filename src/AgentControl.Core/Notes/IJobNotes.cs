namespace AgentControl.Core.Notes;

/// <summary>
/// What the job's agent keeps beyond its jobs, in the job's workspace. People read and edit the same notes. Reading is a recorded step: a replay reads the
/// same text, also where somebody changed the note since. Each change is a step and happens once.
/// </summary>
public interface IJobNotes
{
    /// <summary>All notes by name, without their texts.</summary>
    Task<IReadOnlyList<NoteEntry>> ListAsync();

    /// <summary>The note as it is at first reading; null where there is none.</summary>
    Task<Note?> ReadAsync(string name);

    /// <summary>Makes the text the note's newest version.</summary>
    /// <param name="expectedVersion">The version that was read, 0 for none: where the note is at another one the step fails for good (<c>noteChanged</c>).</param>
    /// <exception cref="Steps.StepFailedException">The text or the number of notes is over its limit, or the note changed.</exception>
    Task<NoteEntry> WriteAsync(string name, string text, int? expectedVersion = null);

    /// <summary>Puts a text behind the note's, on a line of its own; a note that is not there begins with it.</summary>
    Task<NoteEntry> AppendAsync(string name, string text);

    /// <summary>Deletes the note; its versions stay, and a person can restore it. False where there was none.</summary>
    Task<bool> RemoveAsync(string name);
}

/// <summary>A note without its text.</summary>
/// <param name="Version">1, 2, 3, …</param>
/// <param name="Size">Bytes of the text in UTF-8.</param>
/// <param name="FirstLine">Its first line, cut to 160 characters.</param>
/// <param name="WrittenBy">A person's or program's name, or the agent's.</param>
public sealed record NoteEntry(
    string Name,
    int Version,
    int Size,
    string FirstLine,
    string WrittenBy,
    DateTimeOffset At
);

/// <summary>A note as it was read.</summary>
public sealed record Note(NoteEntry Entry, string Text);
