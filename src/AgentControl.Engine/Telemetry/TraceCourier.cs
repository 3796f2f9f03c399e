using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Telemetry;

/// <summary>
/// Sends what the log tells as spans. A step that is replayed writes nothing to the log, so it is never sent again; the place in the log
/// moves when the receiver has answered. One process sends at a time. A crash between the answer and the move sends the same spans with the same ids.
/// </summary>
internal sealed class TraceCourier(
    NpgsqlDataSource database,
    TraceSender sender,
    TimeProvider time,
    ILogger<TraceCourier> log
) : MaintenanceLoop(time, log)
{
    private const string Lock = "SELECT pg_try_advisory_lock(hashtext('agentcontrol.traces'))";
    private const string Unlock = "SELECT pg_advisory_unlock(hashtext('agentcontrol.traces'))";

    // What nobody sent for a day is history: a receiver that is configured now is not flooded with it.
    private const string Begin = """
        INSERT INTO trace_cursor AS c (one, xid, job_id, no, at)
        VALUES (true, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, '00000000-0000-0000-0000-000000000000', 0, ac_now())
        ON CONFLICT (one) DO UPDATE SET xid = EXCLUDED.xid, job_id = EXCLUDED.job_id, no = 0, at = EXCLUDED.at WHERE c.at < ac_now() - interval '1 day'
        """;

    private readonly ILogger<TraceCourier> logger = log;
    private bool begun;

    protected override TimeSpan Pause => TimeSpan.FromSeconds(2);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await Sql.ScalarAsync<bool>(connection, Lock))
            return null;
        try
        {
            if (!begun)
                await Sql.ExecuteAsync(connection, Begin);
            begun = true;
            while (await SendAsync(connection, cancellationToken)) { }
        }
        finally
        {
            await Sql.ExecuteAsync(connection, Unlock);
        }
        return null;
    }

    /// <summary>True where more may wait.</summary>
    private async Task<bool> SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (spans, place, full) = await TraceScan.ReadAsync(connection, cancellationToken);
        if (spans.Count > 0 && !await sender.SendAsync(spans, cancellationToken))
            Log.SpansRefused(logger, spans.Count);
        await Sql.ExecuteAsync(
            connection,
            "UPDATE trace_cursor SET xid = $1, job_id = $2, no = $3, at = ac_now()",
            place.Xid,
            place.Job,
            place.No
        );
        return full;
    }
}
