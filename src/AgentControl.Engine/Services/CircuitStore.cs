using AgentControl.Core.Services;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Services;

/// <summary>What a circuit says to a call.</summary>
internal enum CircuitAnswer
{
    Go,
    Probe,
    Wait,
}

/// <summary>The rows of circuits and of counted calls, changed by the functions of <c>circuits.sql</c>.</summary>
internal sealed class CircuitStore(NpgsqlDataSource database)
{
    /// <summary>No call is given longer to prove that the service is well.</summary>
    private const double LongestProbe = 600;

    /// <summary>Closed, and its ramp is over.</summary>
    public async Task<bool> IsWellAsync(string service, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT NOT EXISTS (SELECT 1 FROM circuits WHERE name = $1 AND (state <> 'closed' OR since > ac_now() - interval '60 seconds'))",
            service
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<bool> IsClosedAsync(string service, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT NOT EXISTS (SELECT 1 FROM circuits WHERE name = $1 AND state <> 'closed')",
            service
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<(CircuitAnswer Answer, TimeSpan After)> EnterAsync(
        string service,
        Guid token,
        ServicePolicy policy,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            "SELECT answer, seconds FROM ac_circuit_enter($1, $2, $3, $4, $5, $6)",
            service,
            token,
            Math.Min(policy.TotalTimeoutSeconds, LongestProbe),
            policy.ParkAfterSeconds,
            policy.Circuit.RampStartPerSecond,
            policy.Circuit.RampFactor
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var answer = row.GetString(0) switch
        {
            "go" => CircuitAnswer.Go,
            "probe" => CircuitAnswer.Probe,
            _ => CircuitAnswer.Wait,
        };
        return (answer, TimeSpan.FromSeconds(row.GetDouble(1)));
    }

    /// <summary>True where a wait that has just been opened would have slept past its circuit's closing: it is due now.</summary>
    public async Task<bool> WakeIfClosedAsync(Guid job, string key, string service)
    {
        // The lock waits for a closing that is under way and has looked for waits already.
        await using var command = Command(
            """
            WITH c AS (SELECT state FROM circuits WHERE name = $3 FOR SHARE)
            UPDATE waits w SET due_at = ac_now() FROM c WHERE w.job_id = $1 AND w.key = $2 AND c.state = 'closed'
            """,
            job,
            key,
            service
        );
        return await command.ExecuteNonQueryAsync() > 0;
    }

    /// <summary>True where these calls opened the circuit.</summary>
    public async Task<bool> CountAsync(string service, ServiceCount counted, CircuitPolicy policy)
    {
        var reason = Events.Texts.Clean(counted.Reason);
        // In one order in all processes: they add to the same rows.
        var agents = counted.Agents.OrderBy(a => a.Agent, StringComparer.Ordinal).ToList();
        await using var command = Command(
            """
            SELECT CASE WHEN $2 > 0 THEN ac_circuit_count($1, $2, $3, COALESCE($9, ''), $10, $11, $12, $13) ELSE false END,
                   ac_service_count($1, $2, $4, $5, $6, $7, $8, $9), ac_service_used($1, $14, $15, $16)
            """,
            service,
            counted.Calls,
            counted.Trouble,
            counted.Failures,
            counted.Retries,
            counted.Fallbacks,
            counted.Latency,
            Text(counted.Kind),
            Text(reason),
            policy.FailureRatio,
            policy.MinimumCalls,
            policy.WindowSeconds,
            policy.BreakSeconds,
            agents.Select(a => a.Agent).ToArray(),
            agents.Select(a => a.Calls).ToArray(),
            agents.Select(a => a.Retries).ToArray()
        );
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The next call may probe, and the branch that waits longest makes it now. False where calls go anyway.</summary>
    public async Task<bool> TestAsync(string service, AuditEntry entry, CancellationToken cancellationToken) =>
        await ByPersonAsync(service, entry, "SELECT ac_circuit_test($1)", [service], cancellationToken) is true;

    private const string CloseSql = """
        WITH before AS MATERIALIZED (SELECT since FROM circuits WHERE name = $1)
        SELECT ac_now() - since FROM before WHERE ac_circuit_close($1, $2, $3, $4, $5)
        """;

    /// <param name="probe">The token of the call that found the service well.</param>
    /// <returns>How long it was open; null where it was not.</returns>
    public async Task<TimeSpan?> CloseAsync(
        string service,
        Guid probe,
        CircuitPolicy policy,
        CancellationToken cancellationToken
    )
    {
        object[] values = [service, probe, Text(null), policy.RampStartPerSecond, policy.RampFactor];
        await using var command = Command(CloseSql, values);
        return (TimeSpan?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>A person closes it. False where it was closed.</summary>
    public async Task<bool> CloseAsync(
        string service,
        AuditEntry entry,
        CircuitPolicy policy,
        CancellationToken cancellationToken
    )
    {
        object[] values = [service, DBNull.Value, entry.Who.Name, policy.RampStartPerSecond, policy.RampFactor];
        return await ByPersonAsync(service, entry, CloseSql, values, cancellationToken) is not null;
    }

    public Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        ByPersonAsync(
            service,
            entry,
            """
            INSERT INTO circuits (name, state, since, until, admitted, reason, changed_by) VALUES ($1, 'blocked', ac_now(), ac_now() + $2, 0, $3, $4)
            ON CONFLICT (name) DO UPDATE SET state = 'blocked', since = ac_now(), until = ac_now() + $2, probe = NULL, admitted = 0, reason = $3, changed_by = $4
            RETURNING state
            """,
            [service, length, Text(Events.Texts.Clean(reason)), entry.Who.Name],
            cancellationToken
        );

    /// <summary>A person's change and its line in the audit log, in one transaction; no line where nothing changed.</summary>
    private async Task<object?> ByPersonAsync(
        string service,
        AuditEntry entry,
        string sql,
        object[] values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await Sql.ScalarAsync<string>(
            connection,
            "SELECT state FROM circuits WHERE name = $1 FOR UPDATE",
            service
        );
        await using var command = Filled(new NpgsqlCommand(sql, connection), values);
        var result = await command.ExecuteScalarAsync(cancellationToken);
        if (result is null or DBNull or false)
            return null;
        var line = entry with { Before = new { Circuit = before ?? "closed" } };
        await AuditLog.AppendAsync(connection, transaction, line, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Failed calls of the service in its window.</summary>
    public async Task<long> FailuresAsync(string service, CircuitPolicy policy)
    {
        await using var command = Command(
            "SELECT COALESCE(sum(failures), 0)::bigint FROM service_calls WHERE service = $1 AND second > ac_now() - make_interval(secs => $2)",
            service,
            policy.WindowSeconds
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A probe failed: the service is left alone once more.</summary>
    public async Task<bool> ReopenAsync(string service, Guid probe, string reason, CircuitPolicy policy)
    {
        await using var command = Command(
            """
            UPDATE circuits SET state = 'open', until = ac_now() + make_interval(secs => $4), probe = NULL, reason = $3
             WHERE name = $1 AND state = 'probing' AND probe = $2
            """,
            service,
            probe,
            Events.Texts.Clean(reason),
            policy.BreakSeconds
        );
        return await command.ExecuteNonQueryAsync() > 0;
    }

    public async Task<bool> GiveBackAsync(string service, Guid probe)
    {
        await using var command = Command(
            "UPDATE circuits SET state = 'open', until = ac_now(), probe = NULL WHERE name = $1 AND state = 'probing' AND probe = $2",
            service,
            probe
        );
        return await command.ExecuteNonQueryAsync() > 0;
    }

    private static object Text(string? text) =>
        text is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : text;

    private NpgsqlCommand Command(string sql, params object[] values) => Filled(database.CreateCommand(sql), values);

    private static NpgsqlCommand Filled(NpgsqlCommand command, object[] values)
    {
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
