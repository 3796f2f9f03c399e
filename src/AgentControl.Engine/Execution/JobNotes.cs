using System.Globalization;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Notes;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Engine.Execution;

/// <summary>The agent's notes as its job sees them: texts that were read stand in the journal, and each change carries its step's id.</summary>
internal sealed class JobNotes(Attempt attempt, Scope scope, StepRunner steps, AttemptParts parts) : IJobNotes
{
    private static readonly StepOptions _options = new() { Kind = "note" };

    public async Task<IReadOnlyList<NoteEntry>> ListAsync()
    {
        using var call = scope.Enter("ListNotes");
        return await steps.RunAsync(
            "listNotes",
            null,
            async step =>
            {
                var (workspace, agent) = (attempt.Job.Workspace, attempt.Job.Agent);
                var page = await parts.Files.Notes.ListAsync(
                    workspace,
                    agent,
                    cancellationToken: step.CancellationToken
                );
                return page.Items.Select(note => note.ToEntry()).ToList();
            },
            _options
        );
    }

    public async Task<Note?> ReadAsync(string name)
    {
        using var call = scope.Enter("ReadNote");
        var note = At(name);
        return await steps.RunAsync(
            $"readNote:{name}",
            null,
            async step =>
                await parts.Files.Notes.FindAsync(note, null, step.CancellationToken) is { Text: { } text } found
                    ? new Note(found.ToView().ToEntry(), text)
                    : null,
            _options
        );
    }

    public async Task<NoteEntry> WriteAsync(string name, string text, int? expectedVersion = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var call = scope.Enter("WriteNote");
        var note = At(name);
        return await ChangeAsync(
            $"writeNote:{name}",
            step => Change(note, text, step) with { ExpectedVersion = expectedVersion },
            result => result.Now!.ToView().ToEntry()
        );
    }

    public async Task<NoteEntry> AppendAsync(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var call = scope.Enter("AppendNote");
        var note = At(name);
        return await ChangeAsync(
            $"appendNote:{name}",
            step => Change(note, text, step) with { Append = true },
            result => result.Now!.ToView().ToEntry()
        );
    }

    public async Task<bool> RemoveAsync(string name)
    {
        using var call = scope.Enter("RemoveNote");
        var note = At(name);
        return await ChangeAsync($"removeNote:{name}", step => Change(note, null, step), result => result.Stands);
    }

    private NoteAddress At(string name) =>
        NoteName.IsValid(name)
            ? new(attempt.Job.Workspace, attempt.Job.Agent, name)
            : throw new PermanentFailureException("noteName", $"'{name}' is no name of a note. {NoteName.Remedy}");

    private NoteWrite Change(NoteAddress note, string? text, StepCall step) =>
        new(StepIds.Guid(attempt.Job.Id, $"note:{step.StepId}"), note, text, Author.Agent(attempt.Job.Agent))
        {
            JobId = attempt.Job.Id,
            StepKey = step.Key,
        };

    private Task<T> ChangeAsync<T>(string name, Func<StepCall, NoteWrite> change, Func<NoteResult, T> answer) =>
        steps.RunAsync(
            name,
            null,
            async step =>
            {
                var write = change(step);
                var result = await attempt.ReachAsync(scope, () => WriteFencedAsync(write));
                return result.Stands || result.Outcome is NoteOutcome.NotFound
                    ? answer(result)
                    : throw Refusal(write, result);
            },
            _options
        );

    /// <summary>The version and its event under the fence: a zombie writes nothing. The step's record follows; the write's id makes a repetition harmless, and tells of it no second time.</summary>
    private async Task<NoteResult> WriteFencedAsync(NoteWrite write)
    {
        await using var connection = await parts.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await JobLog.FenceAndAppendAsync(connection, attempt.Pen, []);
        var result = await NoteWriter.ApplyAsync(connection, write);
        IReadOnlyList<LiveEvent> events = result is { Outcome: NoteOutcome.Written, Now: { } now }
            ? [await JobLog.AppendAsync(connection, attempt.Job.Id, Line(now))]
            : [];
        await transaction.CommitAsync();
        attempt.Publish(events);
        if (events.Count > 0)
            parts.Files.Changes.Publish(write.Note.Workspace);
        return result;
    }

    private static EventRecord Line(NoteVersion note) =>
        new(
            note.Deleted ? EventTypes.NoteDeleted : EventTypes.NoteWritten,
            note.Deleted
                ? $"Note {note.Name} deleted"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"Note {note.Name} written, version {note.Version} ({note.Size:N0} bytes)"
                ),
            EventData.Of(
                new
                {
                    note = note.Name,
                    version = note.Version,
                    bytes = note.Size,
                }
            )
        );

    private static PermanentFailureException Refusal(NoteWrite write, NoteResult result)
    {
        var name = write.Note.Name;
        return result.Outcome switch
        {
            NoteOutcome.Changed => new(
                "noteChanged",
                result.Now is { Deleted: false } now
                    ? $"The note '{name}' is at version {now.Version} now, written by {now.WrittenBy.Name}. Read it again, then write what should stand."
                    : $"The note '{name}' is not there any more. Write it without an expected version to make it new."
            ),
            NoteOutcome.TooMany => new(
                "tooManyNotes",
                $"The agent has {NoteText.MaxNotes} notes, which is all it may have in one workspace. Write into one that is there, or delete some."
            ),
            NoteOutcome.TooLarge => new(
                "noteTooLarge",
                $"The note '{name}' would have more than {NoteText.MaxBytes:N0} bytes. Shorten it, split it into several notes, or put it into a file of the workspace."
            ),
            _ => new("noteText", $"The note '{name}' was not written. {NoteText.Problem(write.Text!)}"),
        };
    }
}
