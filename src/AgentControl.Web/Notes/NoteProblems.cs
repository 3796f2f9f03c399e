using System.Globalization;
using AgentControl.Core.Notes;
using AgentControl.Engine.Notes;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notes;

/// <summary>The refusals of notes' routes, each with its stable code.</summary>
internal static class NoteProblems
{
    public static ProblemHttpResult NotFound(NoteAddress note, NoteVersion? deleted = null) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            deleted is null ? "note.notFound" : "note.deleted",
            "No such note",
            deleted is null
                ? $"The agent {note.Agent} has no note {note.Name} in the workspace {note.Workspace}."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The note {note.Name} was deleted with version {deleted.Version}. Its older versions can be read, and written again."
                ),
            ("version", deleted?.Version)
        );

    public static ProblemHttpResult NoVersion(NoteAddress note, int version) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "note.notFound",
            "No such version",
            string.Create(CultureInfo.InvariantCulture, $"The note {note.Name} has no version {version}.")
        );

    /// <summary>Why a change was not made.</summary>
    public static ProblemHttpResult Of(NoteAddress note, NoteWrite write, NoteResult result) =>
        result.Outcome switch
        {
            NoteOutcome.Changed => Changed(result.Now),
            NoteOutcome.OtherContent => Idempotency.Reused(),
            NoteOutcome.NotFound => NotFound(note, result.Now),
            NoteOutcome.TooMany => Problems.Conflict(
                "note.tooMany",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The agent {note.Agent} has {NoteText.MaxNotes} notes in this workspace, which is the most. Delete some, or write into one that is there."
                ),
                ("limit", NoteText.MaxNotes)
            ),
            NoteOutcome.TooLarge => Problems.TooLarge("text", NoteText.Problem(write.Text!)!),
            NoteOutcome.BadText => Problems.BadField("text", NoteText.Problem(write.Text!)!),
            _ => throw new InvalidOperationException($"The outcome {result.Outcome} is no refusal."),
        };

    private static ProblemHttpResult Changed(NoteVersion? now) =>
        Problems.Conflict(
            "note.changed",
            now is null
                ? "There is no such note, so no version of it can be expected. Leave expectedVersion out or send 0."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The note is at version {now.Version} now{(now.Deleted ? ", where it was deleted" : "")}. Look at it, then repeat with that version."
                ),
            ("version", now?.Version),
            ("current", now is null ? null : NoteTextContract.Of(now))
        );
}
