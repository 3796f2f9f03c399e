using AgentControl.Core.Notes;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Notes;

/// <summary>Changes of notes by people and programs; the caller has checked the role in the workspace, and that it exists.</summary>
public sealed class NoteCommands(NpgsqlDataSource database, WorkspaceChanges changes)
{
    /// <summary>Makes a new version, or deletes the note where the write has no text.</summary>
    public async Task<NoteResult> ApplyAsync(NoteWrite write, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (!NoteName.IsValid(write.Note.Name))
            throw new ArgumentException(NoteName.Remedy, nameof(write));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await NoteWriter.ApplyAsync(connection, write);
        if (result is not { Outcome: NoteOutcome.Written, Now: { } now })
            return result;
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(
                actor,
                now.Deleted ? "note.deleted" : "note.written",
                $"note:{write.Note.Workspace}/{write.Note.Agent}/{write.Note.Name}"
            )
            {
                TargetName = $"{write.Note.Name} of {write.Note.Agent}",
                Before = now.Version == 1 ? null : new { version = now.Version - 1 },
                After = new { version = now.Version, size = now.Size },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        changes.Publish(write.Note.Workspace);
        return result;
    }
}
