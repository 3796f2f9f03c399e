using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Events;

/// <summary>Appends to one job's log inside somebody's transaction; what it returns is published after the commit.</summary>
internal static class JobLog
{
    /// <summary>Takes the job's row lock.</summary>
    /// <returns>False where there is no such job.</returns>
    public static async Task<bool> LockAsync(NpgsqlConnection connection, Guid jobId) =>
        await Storage.Sql.ScalarAsync<Guid?>(
            connection,
            "SELECT job_id FROM job_runs WHERE job_id = $1 FOR UPDATE",
            jobId
        )
            is not null;

    /// <summary>Under the lease: checks the fence, then appends.</summary>
    /// <exception cref="LeaseLostException">The lease is gone; the transaction must be given up.</exception>
    public static async Task<IReadOnlyList<LiveEvent>> FenceAndAppendAsync(
        NpgsqlConnection connection,
        JobPen pen,
        IReadOnlyList<EventRecord> events
    )
    {
        long from;
        try
        {
            from = await Storage.Sql.ScalarAsync<long>(
                connection,
                "SELECT ac_fence($1, $2, $3)",
                pen.JobId,
                pen.Epoch,
                events.Count
            );
        }
        catch (PostgresException lost) when (lost.SqlState == "AC001")
        {
            throw new LeaseLostException(pen.JobId, pen.Epoch);
        }
        if (events.Count(e => e.Type == EventTypes.Anomaly) is var anomalies and > 0)
            await Storage.Sql.ExecuteAsync(
                connection,
                "UPDATE job_runs SET anomalies = anomalies + $2 WHERE job_id = $1",
                pen.JobId,
                anomalies
            );
        return events.Count == 0 ? [] : await InsertAsync(connection, pen.JobId, from, events);
    }

    /// <summary>Appends one event; the job's row lock is taken if it is not held.</summary>
    public static async Task<LiveEvent> AppendAsync(NpgsqlConnection connection, Guid jobId, EventRecord line)
    {
        await using var command = new NpgsqlCommand(
            "SELECT n, ac_now() FROM ac_append($1, $2, $3, $4, $5, $6) AS n",
            connection
        );
        command.Parameters.Add(new() { Value = jobId });
        foreach (var text in new[] { line.Type, line.Level, line.Message, line.Data, line.Actor })
            command.Parameters.Add(new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return Live(jobId, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), line);
    }

    /// <summary>Appends many events at once under a lock that is held.</summary>
    public static async Task<IReadOnlyList<LiveEvent>> AppendAllAsync(
        NpgsqlConnection connection,
        Guid jobId,
        IReadOnlyList<EventRecord> events
    )
    {
        if (events.Count == 0)
            return [];
        var from = await Storage.Sql.ScalarAsync<long>(
            connection,
            "UPDATE job_runs SET last_no = last_no + $2, updated_at = ac_now(), anomalies = anomalies + $3 WHERE job_id = $1 RETURNING last_no - $2",
            jobId,
            (long)events.Count,
            events.Count(e => e.Type == EventTypes.Anomaly)
        );
        return await InsertAsync(connection, jobId, from, events);
    }

    /// <summary>Answers an open wait; see <c>ac_answer</c>. The event that tells of it was appended before.</summary>
    public static async Task<bool> AnswerAsync(
        NpgsqlConnection connection,
        Guid jobId,
        string key,
        byte[] result,
        bool fast
    ) => await Storage.Sql.ScalarAsync<bool>(connection, "SELECT ac_answer($1, $2, $3, $4)", jobId, key, result, fast);

    private static async Task<IReadOnlyList<LiveEvent>> InsertAsync(
        NpgsqlConnection connection,
        Guid jobId,
        long from,
        IReadOnlyList<EventRecord> events
    )
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO events (job_id, no, at, type, level, message, data, actor)
            SELECT $1, $2 + e.idx, t.now, e.type, e.level, e.message, e.data, e.actor
              FROM (SELECT ac_now() AS now) t, unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS e(type, level, message, data, actor, idx)
            RETURNING at
            """,
            connection
        );
        command.Parameters.Add(new() { Value = jobId });
        command.Parameters.Add(new() { Value = from });
        Func<EventRecord, string?>[] columns = [e => e.Type, e => e.Level, e => e.Message, e => e.Data, e => e.Actor];
        foreach (var column in columns)
            command.Parameters.Add(
                new NpgsqlParameter<string?[]>
                {
                    TypedValue = [.. events.Select(column)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                }
            );
        var at = (DateTime)(await command.ExecuteScalarAsync())!;
        return [.. events.Select((e, i) => Live(jobId, from + i + 1, new DateTimeOffset(at), e))];
    }

    /// <summary>What was written behind a number: for commands whose SQL writes events of its own. Called after the commit.</summary>
    public static async Task<IReadOnlyList<LiveEvent>> ReadSinceAsync(NpgsqlConnection connection, Guid jobId, long no)
    {
        await using var command = Storage.Sql.Command(
            connection,
            "SELECT no, at, type, level, message, data, actor FROM events WHERE job_id = $1 AND no > $2 ORDER BY no",
            jobId,
            no
        );
        var events = new List<LiveEvent>();
        await using var reader = await command.ExecuteReaderAsync();
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        while (await reader.ReadAsync())
            events.Add(
                new(
                    jobId,
                    reader.GetInt64(0),
                    reader.GetFieldValue<DateTimeOffset>(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    Text(5),
                    Text(6)
                )
            );
        return events;
    }

    private static LiveEvent Live(Guid jobId, long no, DateTimeOffset at, EventRecord line) =>
        new(jobId, no, at, line.Type, line.Level, line.Message, line.Data, line.Actor);
}
