using System.Globalization;
using AgentControl.Core.Events;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Failures;

/// <summary>
/// Puts each failure that the log tells of to its group, once: the groups, the failures and the new place are one commit. Whoever ends a
/// job writes nothing for it and waits for nobody. One process does it at a time.
/// </summary>
internal sealed class FailureScan(EventFeed feed, FailureSignals signals)
{
    private const int Chunk = 500;

    /// <summary>Transactions.</summary>
    private const int FarBehind = 10_000;

    private const string FoundSql = """
        SELECT e.xid::text::bigint, e.job_id, e.no, e.at, e.message, e.data, j.agent, j.workspace
          FROM events e JOIN jobs j ON j.id = e.job_id
         WHERE e.xid >= $1::text::xid8 AND (e.xid, e.job_id, e.no) > ($1::text::xid8, $2, $3) AND e.xid < $4::text::xid8 AND e.type = 'job.failed'
         ORDER BY e.xid, e.job_id, e.no LIMIT $5
        """;

    private const string StepsSql = """
        SELECT DISTINCT ON (s.job_id, s.key) s.job_id, s.key, s.name, s.service
          FROM unnest($1::uuid[], $2::text[]) AS f(job_id, key) JOIN steps s ON s.job_id = f.job_id AND s.key = f.key
         ORDER BY s.job_id, s.key, s.generation DESC
        """;

    // A place that is ahead of the database was restored elsewhere; one that is far behind is brought up.
    private const string AnythingSql = """
        SELECT EXISTS (SELECT 1 FROM events e WHERE e.type = 'job.failed' AND e.xid >= c.xid::text::xid8 AND (e.xid, e.job_id, e.no) > (c.xid::text::xid8, c.job_id, c.no)
                          AND e.xid < s.safe::text::xid8)
            OR c.xid > s.safe OR s.safe - c.xid > $1
          FROM failure_cursor c, LATERAL (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS safe) s
        """;

    /// <summary>Looks once. True where more may wait.</summary>
    public async Task<bool> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Most looks find nothing, and lock and write nothing.
        if (!await Sql.ScalarAsync<bool>(connection, AnythingSql, (long)FarBehind))
            return false;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PlaceAsync(connection, cancellationToken) is not var (place, safe))
            return false;
        // A database that was restored elsewhere counts its transactions anew.
        var from = place.Xid > safe ? new(safe, Guid.Empty, 0) : place;
        var found = await FoundAsync(connection, from, safe, cancellationToken);
        var told = new List<LiveEvent>();
        if (found.Count > 0)
        {
            var back = await FailureStore.AddAsync(
                connection,
                found,
                await StepsAsync(connection, found, cancellationToken),
                cancellationToken
            );
            foreach (var group in back)
                told.Add(await TellAsync(connection, group));
        }
        var full = found.Count == Chunk;
        var next = full ? found[^1].Place : new FailurePlace(safe, Guid.Empty, 0);
        // An idle program writes nothing: a place that is a little behind costs the next look nothing.
        if (found.Count > 0 || from != place || next.Xid - from.Xid > FarBehind)
            await Sql.ExecuteAsync(
                connection,
                "UPDATE failure_cursor SET xid = $1, job_id = $2, no = $3",
                next.Xid,
                next.Job,
                next.No
            );
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(told);
        if (found.Count > 0)
            signals.Changed();
        return full;
    }

    private static Task<LiveEvent> TellAsync(NpgsqlConnection connection, RegressedGroup group) =>
        JobLog.AppendAsync(
            connection,
            group.JobId,
            new EventRecord(
                EventTypes.FailureRegressed,
                $"Failed again, although {group.ResolvedBy} had resolved it: {group.Title}",
                EventData.Of(
                    new
                    {
                        failure = group.Id,
                        resolvedBy = group.ResolvedBy,
                        resolvedAt = group.ResolvedAt,
                    }
                ),
                "warning"
            )
        );

    /// <summary>Null where another process is at it.</summary>
    private static async Task<(FailurePlace From, long Safe)?> PlaceAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT xid, job_id, no, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM failure_cursor FOR UPDATE SKIP LOCKED"
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? (new(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2)), row.GetInt64(3))
            : null;
    }

    private static async Task<List<FoundFailure>> FoundAsync(
        NpgsqlConnection connection,
        FailurePlace from,
        long safe,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            FoundSql,
            from.Xid.ToString(CultureInfo.InvariantCulture),
            from.Job,
            from.No,
            safe.ToString(CultureInfo.InvariantCulture),
            Chunk
        );
        var found = new List<FoundFailure>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            found.Add(
                new(
                    new(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2)),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.GetString(4),
                    row.IsDBNull(5) ? null : row.GetString(5),
                    row.GetString(6),
                    row.GetString(7)
                )
            );
        return found;
    }

    /// <summary>Name and service of the steps that failures came from.</summary>
    private static async Task<Dictionary<(Guid Job, string Key), (string Name, string? Service)>> StepsAsync(
        NpgsqlConnection connection,
        List<FoundFailure> found,
        CancellationToken cancellationToken
    )
    {
        var steps = new Dictionary<(Guid, string), (string, string?)>();
        // A key that the database could not hold is no step's.
        var asked = found
            .Where(f => f.Failure.Step is { } step && step == Texts.Clean(step))
            .Select(f => (Job: f.Place.Job, Key: f.Failure.Step!))
            .Distinct()
            .ToList();
        if (asked.Count == 0)
            return steps;
        await using var command = Sql.Command(
            connection,
            StepsSql,
            asked.Select(a => a.Job).ToArray(),
            asked.Select(a => a.Key).ToArray()
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            steps[(row.GetGuid(0), row.GetString(1))] = (row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3));
        return steps;
    }
}
