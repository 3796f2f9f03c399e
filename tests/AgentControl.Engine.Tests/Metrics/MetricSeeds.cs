using AgentControl.Core.Jobs;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Tests.Metrics;

/// <summary>A task that ended, as it lies in the tables.</summary>
/// <param name="Seconds">Submitted to finished.</param>
internal sealed record SeededTask(
    DateTimeOffset FinishedAt,
    double Seconds = 60,
    string State = "succeeded",
    string? Outcome = null,
    string Agent = "test",
    double WorkedSeconds = 10,
    string Workspace = "default"
)
{
    public Guid Id { get; } = Guid.CreateVersion7(FinishedAt);

    public Guid? Parent { get; init; }
}

/// <summary>Writes history that no test can wait for.</summary>
internal static class MetricSeeds
{
    private static readonly NpgsqlDbType _uuids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    private static readonly NpgsqlDbType _texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private static readonly NpgsqlDbType _times = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
    private static readonly NpgsqlDbType _numbers = NpgsqlDbType.Array | NpgsqlDbType.Double;

    public static async Task AddAsync(NpgsqlDataSource database, IReadOnlyList<SeededTask> tasks)
    {
        await using var command = database.CreateCommand(
            """
            WITH n AS (SELECT * FROM unnest(@id, @short, @parent, @agent, @workspace, @finished, @seconds, @worked, @state, @outcome)
                         AS n(id, short_id, parent_id, agent, workspace, finished_at, seconds, worked, state, outcome)),
            j AS (INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, parent_id, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
              SELECT id, short_id, 'seeded', agent, '1', 'default', '{}', workspace, parent_id, 'Ana', finished_at - seconds * interval '1 second', 3600, 3, '{}' FROM n)
            INSERT INTO job_runs (job_id, state, outcome, epoch, queue, priority, front, resume, queued_at, last_no, write_no, wakes, strikes, attempt, generation, pause_requested, cancel_requested,
              recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at, started_at, finished_at)
            SELECT id, state, outcome, 1, 'default', 0, false, false, finished_at, 0, 0, 0, 0, 1, 0, false, false, false, false, worked * 1000, 0, 0, 0, 0, 0, 0, 0, finished_at, finished_at, finished_at FROM n
            """
        );
        command.Parameters.Add(new("id", _uuids) { Value = tasks.Select(t => t.Id).ToArray() });
        command.Parameters.Add(new("short", _texts) { Value = tasks.Select(t => ShortId.Of(t.Id)).ToArray() });
        command.Parameters.Add(new("parent", _uuids) { Value = tasks.Select(t => t.Parent).ToArray() });
        command.Parameters.Add(new("agent", _texts) { Value = tasks.Select(t => t.Agent).ToArray() });
        command.Parameters.Add(new("workspace", _texts) { Value = tasks.Select(t => t.Workspace).ToArray() });
        command.Parameters.Add(
            new("finished", _times) { Value = tasks.Select(t => t.FinishedAt.UtcDateTime).ToArray() }
        );
        command.Parameters.Add(new("seconds", _numbers) { Value = tasks.Select(t => t.Seconds).ToArray() });
        command.Parameters.Add(new("worked", _numbers) { Value = tasks.Select(t => t.WorkedSeconds).ToArray() });
        command.Parameters.Add(new("state", _texts) { Value = tasks.Select(t => t.State).ToArray() });
        command.Parameters.Add(new("outcome", _texts) { Value = tasks.Select(t => t.Outcome).ToArray() });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task UseAsync(
        NpgsqlDataSource database,
        IReadOnlyList<(DateTimeOffset At, string Service, string Agent, int Calls, int Retries)> use
    )
    {
        await using var command = database.CreateCommand(
            "INSERT INTO service_use (at, service, agent, calls, retries) SELECT date_bin('5 minutes', at, 'epoch'), service, agent, calls, retries FROM unnest(@at, @service, @agent, @calls, @retries) AS u(at, service, agent, calls, retries)"
        );
        command.Parameters.Add(new("at", _times) { Value = use.Select(u => u.At.UtcDateTime).ToArray() });
        command.Parameters.Add(new("service", _texts) { Value = use.Select(u => u.Service).ToArray() });
        command.Parameters.Add(new("agent", _texts) { Value = use.Select(u => u.Agent).ToArray() });
        command.Parameters.AddWithValue("calls", use.Select(u => u.Calls).ToArray());
        command.Parameters.AddWithValue("retries", use.Select(u => u.Retries).ToArray());
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lines of the log, each of its own job.</summary>
    public static async Task TellAsync(
        NpgsqlDataSource database,
        string type,
        IReadOnlyList<(Guid Job, DateTimeOffset At)> lines,
        string? data = null
    )
    {
        await using var command = database.CreateCommand(
            "INSERT INTO events (job_id, no, at, type, level, message, data) SELECT job, row_number() OVER (PARTITION BY job), at, @type, 'warning', 'Seeded', @data FROM unnest(@job, @at) AS l(job, at)"
        );
        command.Parameters.Add(new("job", _uuids) { Value = lines.Select(l => l.Job).ToArray() });
        command.Parameters.Add(new("at", _times) { Value = lines.Select(l => l.At.UtcDateTime).ToArray() });
        command.Parameters.AddWithValue("type", type);
        command.Parameters.Add(new("data", NpgsqlDbType.Text) { Value = (object?)data ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
