using AgentControl.Core.Services;
using Npgsql;

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

    /// <summary>True where these calls opened the circuit.</summary>
    public async Task<bool> CountAsync(string service, int calls, int failures, string reason, CircuitPolicy policy)
    {
        await using var command = Command(
            "SELECT ac_circuit_count($1, $2, $3, $4, $5, $6, $7, $8)",
            service,
            calls,
            failures,
            Events.Texts.Clean(reason),
            policy.FailureRatio,
            policy.MinimumCalls,
            policy.WindowSeconds,
            policy.BreakSeconds
        );
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <param name="probe">The token of the call that found the service well; null where a person closes it.</param>
    public async Task<bool> CloseAsync(
        string service,
        Guid? probe,
        string? by,
        CircuitPolicy policy,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            "SELECT ac_circuit_close($1, $2, $3, $4, $5)",
            service,
            (object?)probe ?? DBNull.Value,
            (object?)by ?? DBNull.Value,
            policy.RampStartPerSecond,
            policy.RampFactor
        );
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        string by,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            """
            INSERT INTO circuits (name, state, since, until, admitted, reason, changed_by) VALUES ($1, 'blocked', ac_now(), ac_now() + $2, 0, $3, $4)
            ON CONFLICT (name) DO UPDATE SET state = 'blocked', since = ac_now(), until = ac_now() + $2, probe = NULL, admitted = 0, reason = $3, changed_by = $4
            """,
            service,
            length,
            (object?)Events.Texts.Clean(reason) ?? DBNull.Value,
            by
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
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

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value is DBNull ? new NpgsqlParameter { Value = value } : new() { Value = value });
        return command;
    }
}
