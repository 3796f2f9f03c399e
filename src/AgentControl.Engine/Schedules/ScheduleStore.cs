using System.Globalization;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Schedules;

/// <summary>The statements of schedules and their runs.</summary>
internal static class ScheduleStore
{
    /// <summary>Newest jobs of a schedule among which running ones are looked for.</summary>
    private const int MostLookedAt = 200;

    /// <summary>Lines of its history that a schedule keeps.</summary>
    public const int MostRuns = 1_000;

    private const string Columns =
        "name, version, description, cron, time_zone, overlap, missed, catch_up_seconds, start_at, end_at, workspace, agent, job, input, paused, next_at, owner, created_by, created_at, changed_at, paused_by, paused_at, pause_reason";

    /// <summary>Until the next due time, null where there is none; and whether a run waits for an earlier one.</summary>
    public static async Task<(TimeSpan? Next, bool Waiting)> LookAsync(NpgsqlConnection connection)
    {
        await using var command = Sql.Command(
            connection,
            """
            SELECT (SELECT extract(epoch FROM min(next_at) - ac_now())::float8 FROM schedules WHERE next_at IS NOT NULL),
                   EXISTS (SELECT 1 FROM schedule_runs WHERE outcome = 'waiting')
            """
        );
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return (
            await row.IsDBNullAsync(0) ? null : TimeSpan.FromSeconds(Math.Clamp(row.GetDouble(0), 0, 86_400)),
            row.GetBoolean(1)
        );
    }

    public static Task<IReadOnlyList<string>> DueAsync(NpgsqlConnection connection, int most) =>
        NamesAsync(connection, "SELECT name FROM schedules WHERE next_at <= ac_now() ORDER BY next_at LIMIT $1", most);

    public static Task<IReadOnlyList<string>> WithWaitingAsync(NpgsqlConnection connection, int most) =>
        NamesAsync(
            connection,
            "SELECT schedule FROM schedule_runs WHERE outcome = 'waiting' ORDER BY id LIMIT $1",
            most
        );

    /// <summary>The row under its lock with the time; null where it is gone.</summary>
    public static Task<(ScheduleRow Schedule, DateTimeOffset Now)?> LockAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            connection,
            $"SELECT {Columns}, ac_now() FROM schedules WHERE name = $1 FOR UPDATE",
            name,
            cancellationToken
        );

    /// <summary>The same, and null where another process holds it.</summary>
    public static Task<(ScheduleRow Schedule, DateTimeOffset Now)?> TryLockAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            connection,
            $"SELECT {Columns}, ac_now() FROM schedules WHERE name = $1 FOR UPDATE SKIP LOCKED",
            name,
            cancellationToken
        );

    /// <summary>Takes the next due time; the caller's transaction holds the row.</summary>
    public static async Task AdvanceAsync(NpgsqlConnection connection, string name, DateTimeOffset? next)
    {
        await using var command = new NpgsqlCommand("UPDATE schedules SET next_at = $2 WHERE name = $1", connection);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = Instant(next) });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The jobs of a schedule that have not ended.</summary>
    public static async Task<IReadOnlyList<OpenJob>> OpenJobsAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            SELECT j.id, r.cancel_requested FROM (SELECT id FROM jobs WHERE schedule = $1 ORDER BY id DESC LIMIT $2) j JOIN job_runs r ON r.job_id = j.id
             WHERE r.state NOT IN ('succeeded','failed','cancelled') ORDER BY j.id
            """,
            name,
            MostLookedAt
        );
        var open = new List<OpenJob>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            open.Add(new OpenJob(row.GetGuid(0), row.GetBoolean(1)));
        return open;
    }

    /// <summary>The run that waits; null where none does.</summary>
    public static async Task<WaitingRun?> WaitingAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT id, due_at FROM schedule_runs WHERE schedule = $1 AND outcome = 'waiting'",
            name
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new WaitingRun(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1))
            : null;
    }

    /// <summary>Writes a line of the history; a due time that is decided already stays as it is.</summary>
    public static async Task RecordAsync(NpgsqlConnection connection, ScheduleRunRow run)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO schedule_runs (id, schedule, due_at, at, trigger, outcome, cause, reason, times, job_id, started_by)
            VALUES (@id, @schedule, @due, @at, @trigger, @outcome, @cause, @reason, @times, @job, @by) ON CONFLICT DO NOTHING
            """,
            connection
        );
        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        Add("id", NpgsqlDbType.Uuid, run.Id);
        Add("schedule", NpgsqlDbType.Text, run.Schedule);
        Add("due", NpgsqlDbType.TimestampTz, run.DueAt.UtcDateTime);
        Add("at", NpgsqlDbType.TimestampTz, run.At.UtcDateTime);
        Add("trigger", NpgsqlDbType.Text, run.Trigger);
        Add("outcome", NpgsqlDbType.Text, run.Outcome);
        Add("cause", NpgsqlDbType.Text, run.Cause);
        Add("reason", NpgsqlDbType.Text, run.Reason);
        Add("times", NpgsqlDbType.Integer, run.Times);
        Add("job", NpgsqlDbType.Uuid, run.JobId);
        Add("by", NpgsqlDbType.Text, run.StartedBy);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The run that waited has started.</summary>
    public static Task<int> StartedAsync(NpgsqlConnection connection, Guid run, Guid job) =>
        Sql.ExecuteAsync(
            connection,
            "UPDATE schedule_runs SET outcome = 'started', job_id = $2, at = ac_now(), cause = NULL, reason = NULL WHERE id = $1",
            run,
            job
        );

    /// <summary>The run that waited will not start.</summary>
    public static Task<int> GivenUpAsync(
        NpgsqlConnection connection,
        string schedule,
        string outcome,
        string cause,
        string reason
    ) =>
        Sql.ExecuteAsync(
            connection,
            "UPDATE schedule_runs SET outcome = $2, cause = $3, reason = $4, at = ac_now() WHERE schedule = $1 AND outcome = 'waiting'",
            schedule,
            outcome,
            cause,
            reason
        );

    /// <summary>Lets go of the oldest lines.</summary>
    public static Task<int> PruneAsync(NpgsqlConnection connection, string schedule) =>
        Sql.ExecuteAsync(
            connection,
            """
            DELETE FROM schedule_runs WHERE schedule = $1 AND outcome <> 'waiting'
               AND id <= (SELECT id FROM schedule_runs WHERE schedule = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)
            """,
            schedule,
            MostRuns
        );

    /// <summary>The key under which the job of a due time is submitted: however often it is tried, there is one.</summary>
    public static IdempotencyKey KeyOf(string schedule, DateTimeOffset dueAt) =>
        new(
            "schedules",
            "due",
            string.Create(
                CultureInfo.InvariantCulture,
                $"schedule:{schedule}:{dueAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"
            ),
            []
        );

    public static object Instant(DateTimeOffset? at) => (object?)at?.UtcDateTime ?? DBNull.Value;

    private static async Task<(ScheduleRow Schedule, DateTimeOffset Now)?> ReadAsync(
        NpgsqlConnection connection,
        string sql,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, sql, name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return null;
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? At(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        var schedule = new ScheduleRow
        {
            Name = row.GetString(0),
            Version = row.GetInt32(1),
            Description = Text(2),
            Cron = row.GetString(3),
            TimeZone = row.GetString(4),
            Overlap = row.GetString(5),
            Missed = row.GetString(6),
            CatchUpSeconds = row.GetInt32(7),
            StartAt = At(8),
            EndAt = At(9),
            Workspace = row.GetString(10),
            Agent = row.GetString(11),
            Job = row.GetString(12),
            Input = row.GetFieldValue<byte[]>(13),
            Paused = row.GetBoolean(14),
            NextAt = At(15),
            Owner = row.GetString(16),
            CreatedBy = row.GetString(17),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(18),
            ChangedAt = row.GetFieldValue<DateTimeOffset>(19),
            PausedBy = Text(20),
            PausedAt = At(21),
            PauseReason = Text(22),
        };
        return (schedule, row.GetFieldValue<DateTimeOffset>(23));
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(NpgsqlConnection connection, string sql, int most)
    {
        var names = new List<string>();
        await using var command = Sql.Command(connection, sql, most);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            names.Add(row.GetString(0));
        return names;
    }
}

/// <summary>A job of a schedule that has not ended.</summary>
internal sealed record OpenJob(Guid Id, bool CancelRequested);

/// <summary>A run that waits for an earlier one.</summary>
internal sealed record WaitingRun(Guid Id, DateTimeOffset DueAt);
