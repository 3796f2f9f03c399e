using System.Text;
using System.Text.Json;
using AgentControl.Engine.Tests.Fixtures;
using Npgsql;

namespace AgentControl.Engine.Tests.Execution.Golden;

/// <summary>One entry as it lies in the table; <c>Result</c> and <c>Error</c> are the recorded bytes as text.</summary>
internal sealed record GoldenStep(
    string Key,
    int Generation,
    string Name,
    string Kind,
    string State,
    string? InputHash,
    string? Result,
    string? Error
);

/// <summary>A journal that is checked in, with the output that its job had under <see cref="Job"/>.</summary>
internal sealed record GoldenJournal(JsonElement Output, IReadOnlyList<GoldenStep> Steps)
{
    /// <summary>Derived ids depend on the job's.</summary>
    public static readonly Guid Job = new("019b0000-0000-7000-8000-000000000001");

    private static readonly DateTimeOffset Begun = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static GoldenJournal Read(string name) =>
        JsonSerializer.Deserialize<GoldenJournal>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Execution", "Golden", name)),
            Format
        )!;

    /// <summary>What a job of today left, in the order of its records.</summary>
    public static async Task<IReadOnlyList<GoldenStep>> StepsAsync(EngineProcess engine, Guid job)
    {
        var steps = new List<GoldenStep>();
        await using var command = engine.Database.CreateCommand(
            "SELECT key, generation, name, kind, state, encode(input_hash, 'hex'), convert_from(result, 'UTF8'), error FROM steps WHERE job_id = $1 ORDER BY no"
        );
        command.Parameters.Add(new() { Value = job });
        await using var rows = await command.ExecuteReaderAsync();
        string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
        while (await rows.ReadAsync())
            steps.Add(
                new(
                    rows.GetString(0),
                    rows.GetInt32(1),
                    rows.GetString(2),
                    rows.GetString(3),
                    rows.GetString(4),
                    Text(5),
                    Text(6),
                    Text(7)
                )
            );
        return steps;
    }

    /// <summary>Writes the journal where a person can compare it with the one that is checked in, and replace that if the change is meant.</summary>
    public string Save(string name)
    {
        var path = Path.Combine(Path.GetTempPath(), "agentcontrol-golden", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
        return path;
    }

    /// <summary>The job as its worker left it when it died behind its last record: queued, to be replayed by the next one.</summary>
    public async Task InsertAsync(EngineProcess engine, Guid job, CodeInput input)
    {
        await using var connection = await engine.Database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        NpgsqlBatchCommand Add(string sql, params object?[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
            batch.BatchCommands.Add(command);
            return command;
        }
        Add(
            """
            INSERT INTO jobs (id, short_id, name, agent, agent_version, queue, tags, workspace, submitted_by, submitted_at, timeout_seconds, max_attempts, input)
            VALUES ($1, left($1::text, 8) || right($1::text, 6), 'golden', 'test', '1', 'default', '{}', 'default', 'Ana', $2, 86400, 5, $3)
            """,
            job,
            Begun.UtcDateTime,
            JsonSerializer.SerializeToUtf8Bytes(input, JsonSerializerOptions.Web)
        );
        Add(
            """
            INSERT INTO job_runs (job_id, state, epoch, queue, priority, front, resume, queued_at, started_at, last_no, write_no, wakes, strikes, attempt, generation,
                                  pause_requested, cancel_requested, recovering, backing_off, worked_ms, steps, anomalies, retries, recoveries, input_tokens, output_tokens, cost_usd, updated_at)
            VALUES ($1, 'queued', 1, 'default', 0, false, false, $2, $2, $3, 0, 0, 0, 1, $4, false, false, false, false, 0, $5, 0, 0, 0, 0, 0, 0, $2)
            """,
            job,
            Begun.UtcDateTime,
            Steps.Count + 1L,
            Steps.Max(s => s.Generation),
            Steps.Count
        );
        Add(
            "INSERT INTO events (job_id, no, at, type, level, message) SELECT $1, n, $2, 'agent.log', 'info', 'recorded' FROM generate_series(1, $3) AS n",
            job,
            Begun.UtcDateTime,
            Steps.Count + 1L
        );
        for (var i = 0; i < Steps.Count; i++)
            Add(
                """
                INSERT INTO steps (job_id, key, generation, name, kind, state, no, attempt, input_hash, result, error, started_at, completed_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, 1, decode($8, 'hex'), $9, $10, $11, $11)
                """,
                job,
                Steps[i].Key,
                Steps[i].Generation,
                Steps[i].Name,
                Steps[i].Kind,
                Steps[i].State,
                i + 2L,
                Steps[i].InputHash,
                Steps[i].Result is { } result ? Encoding.UTF8.GetBytes(result) : null,
                Steps[i].Error,
                Begun.AddSeconds(i).UtcDateTime
            );
        foreach (var command in batch.BatchCommands)
        foreach (NpgsqlParameter parameter in command.Parameters)
            if (parameter.Value is DBNull)
                parameter.NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown;
        await batch.ExecuteNonQueryAsync();
        engine.Get<Engine.Maintenance.LeaseSweeper>().Ring();
    }
}
