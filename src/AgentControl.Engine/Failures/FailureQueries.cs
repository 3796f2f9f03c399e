using AgentControl.Core.Failures;
using AgentControl.Engine.Paging;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Failures;

/// <summary>Reads groups of failures.</summary>
public sealed class FailureQueries(NpgsqlDataSource database)
{
    // What counts now: a group that was ignored until a time that has passed is unresolved.
    private const string Status =
        "CASE WHEN g.status = 'ignored' AND g.ignored_until <= ac_now() THEN 'unresolved' ELSE g.status END";

    private const string Columns = $"""
        g.id, g.workspace, g.agent, g.title, g.type, g.step, g.service, {Status}, g.regressed_at, g.count, g.first_seen_at, g.last_seen_at,
               g.status_by, g.status_at, g.comment, g.ignored_until,
               (SELECT array_agg(COALESCE(n, 0) ORDER BY h) FROM generate_series(0, 23) AS h LEFT JOIN (
                  SELECT floor(extract(epoch FROM f.at - t.from_hour) / 3600)::int AS h, count(*)::int AS n FROM job_failures f
                   WHERE f.group_id = g.id AND f.at >= t.from_hour GROUP BY 1) x USING (h))
        """;

    private const string From = """
          FROM (SELECT date_trunc('hour', ac_now(), 'UTC') - interval '23 hours' AS from_hour) t, failure_groups g
        """;

    private const string Visible = "($1::text[] IS NULL OR g.workspace = ANY($1))";

    // Each job of the group once, by its newest failure there.
    private const string JobsOf = """
        FROM job_failures f WHERE f.group_id = $1
           AND NOT EXISTS (SELECT 1 FROM job_failures later WHERE later.job_id = f.job_id AND later.group_id = f.group_id AND later.no > f.no)
        """;

    /// <summary>The one that failed last first.</summary>
    public async Task<Page<FailureGroupView>> ListAsync(
        FailureFilter filter,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var place = ReadPlace(cursor);
        var groups = await ReadAsync(
            $"""
            SELECT {Columns} {From}
             WHERE {Visible} AND ($2::text IS NULL OR {Status} = $2) AND ($3::text IS NULL OR g.agent = $3) AND ($4::text IS NULL OR g.workspace = $4)
               AND ($5::timestamptz IS NULL OR (g.last_seen_at, g.id) < ($5, $6::uuid))
             ORDER BY g.last_seen_at DESC, g.id DESC LIMIT $7
            """,
            cancellationToken,
            Names(filter.Visible),
            Text(filter.Status),
            Text(filter.Agent),
            Text(filter.Workspace),
            new() { Value = (object?)place?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = (object?)place?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new() { Value = limit + 1 }
        );
        return Page<FailureGroupView>.Of(groups, limit, g => Place(g.LastSeenAt, g.Id));
    }

    /// <summary>These groups, in no order; unknown ids are left out.</summary>
    public async Task<IReadOnlyList<FailureGroupView>> ByIdAsync(
        IReadOnlyCollection<Guid> ids,
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken = default
    ) =>
        await ReadAsync(
            $"SELECT {Columns} {From} WHERE {Visible} AND g.id = ANY($2)",
            cancellationToken,
            Names(visible),
            new() { Value = ids.ToArray() }
        );

    /// <summary>One group, whoever may see it: the caller looks at its workspace.</summary>
    public async Task<FailureDetailView?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (await ByIdAsync([id], null, cancellationToken) is not [var group])
            return null;
        // As ac_open_failure says it of one job, for all of them at once.
        await using var command = database.CreateCommand(
            """
            WITH mine AS (SELECT job_id, max(no) AS no, max(at) AS at FROM job_failures WHERE group_id = $1 GROUP BY job_id)
            SELECT (SELECT example FROM failure_groups WHERE id = $1), (SELECT count(*) FROM mine),
                   (SELECT count(*) FROM mine m JOIN job_runs r ON r.job_id = m.job_id WHERE r.state = 'failed'
                       AND NOT EXISTS (SELECT 1 FROM job_failures later WHERE later.job_id = m.job_id AND later.no > m.no)
                       AND NOT EXISTS (SELECT 1 FROM jobs k WHERE k.forked_from = m.job_id AND k.submitted_at > m.at))
            """
        );
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return row.IsDBNull(0) ? null : new(group, row.GetString(0), row.GetInt64(1), row.GetInt64(2));
    }

    /// <summary>The jobs of a group, the one that failed last first.</summary>
    public async Task<Page<FailedJobView>> JobsAsync(
        Guid id,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        var place = ReadPlace(cursor);
        await using var command = database.CreateCommand(
            $"""
            SELECT j.id, j.short_id, j.name, label(r), x.at, ac_open_failure(j.id) IS NOT DISTINCT FROM $1 FROM (
              SELECT f.job_id, f.at {JobsOf} AND ($2::timestamptz IS NULL OR (f.at, f.job_id) < ($2, $3::uuid)) ORDER BY f.at DESC, f.job_id DESC LIMIT $4) x
              JOIN jobs j ON j.id = x.job_id JOIN job_runs r ON r.job_id = x.job_id ORDER BY x.at DESC, x.job_id DESC
            """
        );
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(
            new() { Value = (object?)place?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        command.Parameters.Add(new() { Value = (object?)place?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = limit + 1 });
        var jobs = new List<FailedJobView>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            jobs.Add(
                new(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetFieldValue<DateTimeOffset>(4),
                    row.GetBoolean(5)
                )
            );
        return Page<FailedJobView>.Of(jobs, limit, j => Place(j.At, j.JobId));
    }

    /// <summary>The group of a job's newest failure; null where it never failed, or was not sorted yet.</summary>
    public async Task<FailureGroupView?> OfJobAsync(Guid jobId, CancellationToken cancellationToken = default) =>
        (
            await ReadAsync(
                $"SELECT {Columns} {From} WHERE g.id = (SELECT group_id FROM job_failures WHERE job_id = $1 ORDER BY no DESC LIMIT 1)",
                cancellationToken,
                new NpgsqlParameter { Value = jobId }
            )
        ).SingleOrDefault();

    /// <summary>What failed in the last 24 hours, ignored groups left out.</summary>
    public async Task<FailureTally> LastDayAsync(
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT count(DISTINCT g.id)::int, count(*) FROM job_failures f JOIN failure_groups g ON g.id = f.group_id
             WHERE {Visible} AND f.at > ac_now() - interval '24 hours' AND {Status} <> 'ignored'
            """
        );
        command.Parameters.Add(Names(visible));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new(row.GetInt32(0), row.GetInt64(1));
    }

    /// <summary>How many groups there are by status, as they count now.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(
        FailureFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var command = database.CreateCommand(
            $"SELECT {Status}, count(*)::int FROM failure_groups g WHERE {Visible} AND ($2::text IS NULL OR g.agent = $2) GROUP BY 1"
        );
        command.Parameters.Add(Names(filter.Visible));
        command.Parameters.Add(Text(filter.Agent));
        var counts = FailureStatus.All.ToDictionary(s => s, _ => 0, StringComparer.Ordinal);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            counts[row.GetString(0)] = row.GetInt32(1);
        return counts;
    }

    /// <summary>The agents that have groups, by name.</summary>
    public async Task<IReadOnlyList<string>> AgentsAsync(
        IReadOnlyCollection<string>? visible,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = database.CreateCommand(
            $"SELECT DISTINCT g.agent FROM failure_groups g WHERE {Visible} ORDER BY 1"
        );
        command.Parameters.Add(Names(visible));
        var agents = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            agents.Add(row.GetString(0));
        return agents;
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> or <see cref="JobsAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => ReadPlace(cursor) is not null;

    private async Task<List<FailureGroupView>> ReadAsync(
        string sql,
        CancellationToken cancellationToken,
        params NpgsqlParameter[] values
    )
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value);
        var groups = new List<FailureGroupView>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            groups.Add(View(row));
        return groups;
    }

    private static FailureGroupView View(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        DateTimeOffset? Time(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        return new()
        {
            Id = row.GetGuid(0),
            Workspace = row.GetString(1),
            Agent = row.GetString(2),
            Title = row.GetString(3),
            Type = row.GetString(4),
            Step = Text(5),
            Service = Text(6),
            Status = row.GetString(7),
            RegressedAt = Time(8),
            Count = row.GetInt64(9),
            FirstSeenAt = row.GetFieldValue<DateTimeOffset>(10),
            LastSeenAt = row.GetFieldValue<DateTimeOffset>(11),
            StatusBy = Text(12),
            StatusAt = Time(13),
            Comment = Text(14),
            IgnoredUntil = Time(15),
            Hours = row.GetFieldValue<int[]>(16),
        };
    }

    private static NpgsqlParameter Names(IReadOnlyCollection<string>? names) =>
        new()
        {
            Value = (object?)names?.ToArray() ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        };

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    // PostgreSQL counts microseconds, which the ticks hold exactly.
    private static string Place(DateTimeOffset at, Guid id) => Cursor.Of(at.UtcTicks, id.ToString());

    private static (DateTime At, Guid Id)? ReadPlace(string? cursor) =>
        Cursor.ReadPlace(cursor) is var (ticks, key)
        && ticks <= DateTime.MaxValue.Ticks
        && Guid.TryParseExact(key, "D", out var id)
            ? (new DateTime(ticks, DateTimeKind.Utc), id)
            : null;
}
