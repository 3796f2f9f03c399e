using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;

namespace AgentControl.Engine.Jobs;

/// <summary>One tag put on or taken off, whatever others do to the other tags meanwhile.</summary>
public sealed partial class JobCommands
{
    /// <param name="on">True puts the tag on, false takes it off; a job that is so already stays as it is.</param>
    /// <returns>Invalid where the tag is empty or too long, or where the job has as many as it may have.</returns>
    public Task<CommandOutcome> TagAsync(
        Guid id,
        string tag,
        bool on,
        Actor actor,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            actor,
            null,
            null,
            async (connection, row) =>
            {
                var before = (await Sql.ScalarAsync<string[]>(connection, "SELECT tags FROM jobs WHERE id = $1", id))!;
                if (before.Contains(tag, StringComparer.Ordinal) == on)
                    return CommandOutcome.Accepted;
                string[] after = on ? [.. before, tag] : [.. before.Where(t => t != tag)];
                if (on && SubmissionRules.CheckEdit(null, null, after) is { Count: > 0 } errors)
                    return CommandOutcome.Invalid(errors);
                await Sql.ExecuteAsync(connection, "UPDATE jobs SET tags = $2 WHERE id = $1", id, (object)after);
                if (actor.IsAccountable)
                    await AuditLog.AppendAsync(
                        connection,
                        null,
                        new(actor, "job.edited", $"job:{id}")
                        {
                            TargetName = await NameOfAsync(connection, id),
                            Before = new { Tags = before },
                            After = new { Tags = after },
                        },
                        cancellationToken
                    );
                return await TellAsync(
                    connection,
                    row,
                    EventTypes.AgentLog,
                    $"Tag {tag} {(on ? "put on" : "taken off")} by {actor.Name}",
                    null,
                    actor
                );
            },
            cancellationToken
        );
}
