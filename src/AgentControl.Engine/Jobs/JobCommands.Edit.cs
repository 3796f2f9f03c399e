using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>Forks, edits and the shortcuts past a wait.</summary>
public sealed partial class JobCommands
{
    /// <summary>A new job whose journal is a copy up to and without a step; open waits and unfinished children are not copied.</summary>
    /// <param name="fromStep">The first step that runs anew; null copies every completed entry.</param>
    public async Task<SubmitOutcome?> ForkAsync(
        Guid id,
        string? fromStep,
        JsonElement? input,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ForkStatement.LoadAsync(connection, id, actor, cancellationToken) is not { } copy)
            return null;
        var until = fromStep is null ? long.MaxValue : await ForkStatement.NumberOfAsync(connection, id, fromStep);
        if (until is null)
            return new SubmitOutcome.Invalid(
                new Dictionary<string, string[]>
                {
                    ["fromStep"] = [$"The journal has no step '{fromStep}'. See GET /api/v1/jobs/{id}/steps."],
                }
            );
        if (input is { } changed)
        {
            if (agents.Find(copy.Agent)?.Check(changed) is { Count: > 0 } errors)
                return new SubmitOutcome.Invalid(errors);
            copy = copy with { Input = SubmissionRules.InputBytes(changed) };
        }
        if (copy.Input.Length > SubmissionRules.MaxInputBytes)
            return TooLarge("input", copy.Input.Length);
        var born = await JobInserter.InsertAsync(connection, [copy], cancellationToken);
        await ForkStatement.CopyAsync(connection, id, copy.Id, until.Value);
        var line = await JobLog.AppendAsync(
            connection,
            copy.Id,
            new(
                EventTypes.JobForked,
                $"Forked from {ShortId.Of(id)} by {actor.Name}" + (fromStep is null ? "" : $", anew from {fromStep}"),
                EventData.Of(new { from = id, fromStep }),
                Actor: actor.Name
            )
        );
        if (actor.IsAccountable)
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new(actor, "job.forked", $"job:{copy.Id}")
                {
                    TargetName = copy.Name,
                    After = new
                    {
                        From = id,
                        FromStep = fromStep,
                        ChangedInput = input is null ? (bool?)null : true,
                    },
                },
                cancellationToken
            );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish([.. born, line]);
        await bells.RingForJobAsync(copy.Id, cancellationToken);
        return new SubmitOutcome.Accepted(copy.Id, false);
    }

    /// <summary>Changes what a person may change; null leaves a field as it is.</summary>
    public Task<CommandOutcome> EditAsync(
        Guid id,
        string? name,
        short? priority,
        IReadOnlyList<string>? tags,
        DateTimeOffset? runAt,
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
                if (SubmissionRules.CheckEdit(name, priority, tags) is { Count: > 0 } errors)
                    return CommandOutcome.Invalid(errors);
                if (runAt is not null && row.State != JobState.Scheduled)
                    return CommandOutcome.Refused(
                        $"Only a scheduled job has a start time to change; this one is {row.State.Word()}."
                    );
                var before = await EditableAsync(connection, id);
                await Sql.ExecuteAsync(
                    connection,
                    "UPDATE jobs SET name = COALESCE(NULLIF($2, ''), name), tags = CASE WHEN $3 THEN $4 ELSE tags END WHERE id = $1",
                    id,
                    name ?? "",
                    tags is not null,
                    (tags ?? []).ToArray()
                );
                if (priority is { } urgency)
                    await Sql.ExecuteAsync(
                        connection,
                        "UPDATE job_runs SET priority = $2 WHERE job_id = $1",
                        id,
                        urgency
                    );
                if (runAt is { } start)
                    await Sql.ExecuteAsync(
                        connection,
                        "UPDATE job_runs SET run_at = $2, queued_at = $2 WHERE job_id = $1",
                        id,
                        start.UtcDateTime
                    );
                if (actor.IsAccountable)
                    await AuditLog.AppendAsync(
                        connection,
                        null,
                        new(actor, "job.edited", $"job:{id}")
                        {
                            TargetName = await NameOfAsync(connection, id),
                            Before = before,
                            After = await EditableAsync(connection, id),
                        },
                        cancellationToken
                    );
                return await TellAsync(connection, row, EventTypes.AgentLog, $"Edited by {actor.Name}", null, actor);
            },
            cancellationToken
        );

    private static async Task<JsonElement> EditableAsync(NpgsqlConnection connection, Guid id) =>
        JsonElement.Parse(
            (
                await Sql.ScalarAsync<string>(
                    connection,
                    "SELECT json_build_object('name', j.name, 'tags', j.tags, 'priority', r.priority, 'runAt', r.run_at)::text FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE j.id = $1",
                    id
                )
            )!
        );

    /// <summary>Starts a scheduled job now.</summary>
    public Task<CommandOutcome> RunNowAsync(Guid id, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            actor,
            "job.startedNow",
            null,
            async (connection, row) =>
            {
                if (row.State is JobState.Queued or JobState.Running)
                    return CommandOutcome.Accepted;
                if (row.State != JobState.Scheduled)
                    return CommandOutcome.Refused(
                        $"Only a scheduled job can be started now; this one is {row.State.Word()}."
                    );
                await Sql.ExecuteAsync(
                    connection,
                    "UPDATE job_runs SET state = 'queued', queued_at = ac_now() WHERE job_id = $1",
                    id
                );
                return await TellAsync(
                    connection,
                    row,
                    EventTypes.JobResumed,
                    $"Started ahead of time by {actor.Name}",
                    null,
                    actor
                );
            },
            cancellationToken
        );

    /// <summary>Ends a back-off now.</summary>
    public Task<CommandOutcome> RetryNowAsync(Guid id, Actor actor, CancellationToken cancellationToken) =>
        AnswerAllAsync(id, actor, "job.retriedNow", "retry", "tries again now", "null"u8.ToArray(), cancellationToken);

    /// <summary>Ends a timer now, as if its time were over.</summary>
    public Task<CommandOutcome> SkipWaitAsync(Guid id, Actor actor, CancellationToken cancellationToken) =>
        AnswerAllAsync(
            id,
            actor,
            "job.waitSkipped",
            "timer",
            "skipped the wait",
            """{"elapsed":false}"""u8.ToArray(),
            cancellationToken
        );

    private Task<CommandOutcome> AnswerAllAsync(
        Guid id,
        Actor actor,
        string action,
        string kind,
        string what,
        byte[] answer,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            actor,
            action,
            null,
            async (connection, row) =>
            {
                var keys = new List<string>();
                await using (
                    var command = Sql.Command(
                        connection,
                        "SELECT key FROM waits WHERE job_id = $1 AND kind = $2",
                        id,
                        kind
                    )
                )
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                {
                    while (await reader.ReadAsync(cancellationToken))
                        keys.Add(reader.GetString(0));
                }
                if (keys.Count == 0)
                    return CommandOutcome.Refused($"The job does not wait for a {kind}.");
                await TellAsync(connection, row, EventTypes.JobResumed, $"{actor.Name} {what}", null, actor);
                foreach (var key in keys)
                    await JobLog.AnswerAsync(connection, id, key, answer, fast: true);
                return CommandOutcome.Accepted;
            },
            cancellationToken
        );
}
