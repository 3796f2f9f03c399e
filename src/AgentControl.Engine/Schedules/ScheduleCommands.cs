using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Schedules;

/// <summary>What operators do to schedules. Each needs the operator's role in the workspace of the schedule.</summary>
public sealed class ScheduleCommands
{
    private readonly NpgsqlDataSource database;
    private readonly AgentCatalog agents;
    private readonly JobCommands jobs;
    private readonly ScheduleSignals signals;

    internal ScheduleCommands(
        NpgsqlDataSource database,
        AgentCatalog agents,
        JobCommands jobs,
        ScheduleSignals signals
    ) => (this.database, this.agents, this.jobs, this.signals) = (database, agents, jobs, signals);

    /// <summary>Makes a schedule or changes it. A change that leaves its times alone leaves the next one alone too.</summary>
    /// <param name="version">The version that was edited, 0 for a new one; null takes the place of whatever is there.</param>
    /// <exception cref="AccessDeniedException">The caller is no operator of the workspace.</exception>
    public async Task<ScheduleOutcome> SaveAsync(
        string name,
        int? version,
        ScheduleDefinition definition,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(caller);
        var workspace = definition.Job.Workspace ?? "default";
        caller.Require(Role.Operator, workspace);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (now, known) = await TimeAsync(connection, workspace, cancellationToken);
        var errors = ScheduleRules.Check(name, definition, agents.FindOpen(definition.Job.Agent), now);
        if (!known)
            errors["workspace"] = [$"There is no workspace {workspace}. GET /api/v1/workspaces lists them."];
        if (errors.Count > 0)
            return new ScheduleOutcome.Invalid(errors);
        var input = SubmissionRules.InputBytes(definition.Job.Input);
        if (input.Length > SubmissionRules.MaxInputBytes)
            return new ScheduleOutcome.TooLarge("input", SubmissionRules.TooLarge("input", input.Length));
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two who make the same name at once come one after the other.
        await Sql.ExecuteAsync(
            connection,
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            $"schedules\u001f{name}"
        );
        var found = await ScheduleStore.LockAsync(connection, name, cancellationToken);
        var before = found?.Schedule;
        if (before is not null)
            caller.Require(Role.Operator, before.Workspace);
        if (version is { } edited && edited != (before?.Version ?? 0))
            return new ScheduleOutcome.Changed(before?.Version ?? 0);
        var after = Row(name, definition, workspace, input, before, now);
        await SaveScheduleStatement.RunAsync(connection, after, caller.Actor.Name, cancellationToken);
        if (after.Paused)
            await GiveUpWaitingAsync(connection, name);
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, before is null ? "schedule.created" : "schedule.changed", $"schedule:{name}")
            {
                TargetName = name,
                Before = ScheduleAudit.Of(before),
                After = ScheduleAudit.Of(after),
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        signals.Changed(name);
        return new ScheduleOutcome.Saved(after.Version, before is null);
    }

    /// <summary>Its history goes with it; its jobs stay.</summary>
    /// <param name="version">The version that is known; null takes any.</param>
    public Task<ScheduleOutcome> DeleteAsync(
        string name,
        int? version,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            name,
            caller,
            async (connection, schedule, _) =>
            {
                if (version is { } known && known != schedule.Version)
                    return (new ScheduleOutcome.Changed(schedule.Version), null);
                await Sql.ExecuteAsync(connection, "DELETE FROM schedules WHERE name = $1", name);
                return (
                    new ScheduleOutcome.Done(),
                    Entry(caller, "schedule.deleted", name) with
                    {
                        Before = ScheduleAudit.Of(schedule),
                    }
                );
            },
            cancellationToken
        );

    /// <summary>Nothing is due until it is resumed, and nothing counts as missed. A run that waits is given up.</summary>
    public Task<ScheduleOutcome> PauseAsync(
        string name,
        string? reason,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            name,
            caller,
            async (connection, schedule, _) =>
            {
                if (schedule.Paused)
                    return (new ScheduleOutcome.Done(), null);
                await Sql.ExecuteAsync(
                    connection,
                    "UPDATE schedules SET paused = true, paused_by = $2, paused_at = ac_now(), pause_reason = NULLIF($3, ''), next_at = NULL WHERE name = $1",
                    name,
                    caller.Actor.Name,
                    Texts.Clean(reason, 500) ?? ""
                );
                await GiveUpWaitingAsync(connection, name);
                return (
                    new ScheduleOutcome.Done(),
                    Entry(caller, "schedule.paused", name) with
                    {
                        After = new { reason },
                    }
                );
            },
            cancellationToken
        );

    /// <summary>Goes on with the first due time behind now.</summary>
    public Task<ScheduleOutcome> ResumeAsync(string name, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            name,
            caller,
            async (connection, schedule, now) =>
            {
                if (!schedule.Paused)
                    return (new ScheduleOutcome.Done(), null);
                await Sql.ExecuteAsync(
                    connection,
                    "UPDATE schedules SET paused = false, paused_by = NULL, paused_at = NULL, pause_reason = NULL WHERE name = $1",
                    name
                );
                await ScheduleStore.AdvanceAsync(connection, name, NextOf(schedule, now));
                return (new ScheduleOutcome.Done(), Entry(caller, "schedule.resumed", name));
            },
            cancellationToken
        );

    /// <summary>Starts its job now, also beside an earlier run and while it is paused. Due times stay as they are.</summary>
    /// <returns>How the submission went; null where there is no such schedule.</returns>
    public async Task<SubmitOutcome?> RunAsync(
        string name,
        Caller caller,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScheduleStore.LockAsync(connection, name, cancellationToken) is not var (schedule, now))
            return null;
        caller.Require(Role.Operator, schedule.Workspace);
        var (outcome, job) = await jobs.SubmitWithinAsync(
            connection,
            ScheduleTurn.SubmissionOf(schedule, now),
            caller.Actor,
            key,
            cancellationToken
        );
        if (job is null)
            return outcome;
        await ScheduleStore.RecordAsync(
            connection,
            new ScheduleRunRow
            {
                Id = JobIds.Next(),
                Schedule = name,
                DueAt = now,
                At = now,
                Trigger = RunWords.Manual,
                Outcome = RunWords.Started,
                Times = 1,
                JobId = job.Id,
                StartedBy = caller.Actor.Name,
            }
        );
        await AuditLog.AppendAsync(
            connection,
            transaction,
            Entry(caller, "schedule.run", name) with
            {
                After = new { job = job.Id },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        jobs.Announce(job);
        signals.Changed(name);
        return outcome;
    }

    private async Task<ScheduleOutcome> ChangeAsync(
        string name,
        Caller caller,
        Func<NpgsqlConnection, ScheduleRow, DateTimeOffset, Task<(ScheduleOutcome, AuditEntry?)>> change,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScheduleStore.LockAsync(connection, name, cancellationToken) is not var (schedule, now))
            return new ScheduleOutcome.NotFound();
        caller.Require(Role.Operator, schedule.Workspace);
        var (outcome, entry) = await change(connection, schedule, now);
        if (entry is null)
            return outcome;
        await AuditLog.AppendAsync(connection, transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signals.Changed(name);
        return outcome;
    }

    private static AuditEntry Entry(Caller caller, string action, string name) =>
        new(caller.Actor, action, $"schedule:{name}") { TargetName = name };

    private static async Task<(DateTimeOffset Now, bool Known)> TimeAsync(
        NpgsqlConnection connection,
        string workspace,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT ac_now(), EXISTS (SELECT 1 FROM workspaces WHERE name = $1)",
            workspace
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1));
    }

    private static ScheduleRow Row(
        string name,
        ScheduleDefinition definition,
        string workspace,
        byte[] input,
        ScheduleRow? before,
        DateTimeOffset now
    )
    {
        var row = new ScheduleRow
        {
            Name = name,
            Version = (before?.Version ?? 0) + 1,
            Description = string.IsNullOrWhiteSpace(definition.Description) ? null : definition.Description.Trim(),
            Cron = definition.Cron!.Trim(),
            TimeZone = definition.TimeZone!.Trim(),
            Overlap = definition.Overlap,
            Missed = definition.Missed,
            CatchUpSeconds = definition.CatchUpSeconds,
            StartAt = definition.StartAt?.ToUniversalTime(),
            EndAt = definition.EndAt?.ToUniversalTime(),
            Workspace = workspace,
            Agent = definition.Job.Agent,
            Job = ScheduledJob.Write(definition.Job),
            Input = input,
            Paused = definition.Paused ?? before?.Paused ?? false,
            Owner = "",
            CreatedBy = "",
        };
        row.NextAt =
            row.Paused ? null
            : before is { Paused: false } && SameTimes(before, row) ? before.NextAt
            : NextOf(row, now);
        return row;
    }

    private static Task<int> GiveUpWaitingAsync(NpgsqlConnection connection, string name) =>
        ScheduleStore.GivenUpAsync(
            connection,
            name,
            RunWords.Skipped,
            RunWords.Paused,
            "The schedule was paused while it waited."
        );

    private static bool SameTimes(ScheduleRow one, ScheduleRow other) =>
        (one.Cron, one.TimeZone, one.StartAt, one.EndAt) == (other.Cron, other.TimeZone, other.StartAt, other.EndAt);

    private static DateTimeOffset? NextOf(ScheduleRow row, DateTimeOffset now) =>
        CronRule.TryRead(row.Cron, row.TimeZone, (_, _) => { }, out var rule)
            ? ScheduleRules.NextOf(rule, row.StartAt, row.EndAt, now)
            : null;
}
