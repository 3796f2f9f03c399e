using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Metrics;

/// <summary>A job behind a point of a metric.</summary>
/// <param name="Label">What people call its state now.</param>
/// <param name="DurationSeconds">Submitted to finished, or until now.</param>
/// <param name="Reason">Why it counts: its failure, what it recovered from, or what was retried; null where it simply completed.</param>
/// <param name="Times">How often it counts.</param>
/// <param name="At">When it counted last.</param>
public sealed record MetricRun(
    Guid JobId,
    string ShortId,
    string Name,
    string Agent,
    string Label,
    double DurationSeconds,
    string? Reason,
    long Times,
    DateTimeOffset At
);

/// <summary>The jobs behind a span of a metric: the most telling ones first, and how many there are in all.</summary>
public sealed record MetricRuns(IReadOnlyList<MetricRun> Items, long Total)
{
    /// <summary>At most so many are told.</summary>
    public const int Most = 200;
}

/// <summary>Reads the jobs behind a point of a metric.</summary>
public sealed class MetricRunQueries(IDbContextFactory<ControlDbContext> contexts)
{
    private const string Failure = "(o.error::json ->> 'message')";

    private const string Counted = $"""
        SELECT t.job_id, {Failure} AS reason, 1::bigint AS times, t.finished_at AS at, count(*) OVER () AS total,
               row_number() OVER (ORDER BY CASE WHEN @metric = 'completion' THEN (t.label = 'completed')::int ELSE -t.duration_ms END, t.finished_at DESC, t.job_id) AS place
          FROM ended_tasks t LEFT JOIN job_results o ON o.job_id = t.job_id
         WHERE t.finished_at >= @from AND t.finished_at < @to AND t.label IN ('completed', 'failed', 'timed_out')
           AND (@agent IS NULL OR t.agent = @agent) AND (@seen IS NULL OR t.workspace = ANY(@seen))
        """;

    private const string Told = """
        SELECT e.job_id, (array_agg(e.message ORDER BY e.at DESC, e.no DESC))[1] AS reason, count(*) AS times, max(e.at) AS at, count(*) OVER () AS total,
               row_number() OVER (ORDER BY count(*) DESC, max(e.at) DESC, e.job_id) AS place
          FROM events e JOIN jobs j ON j.id = e.job_id
         WHERE e.type = @type AND e.at >= @from AND e.at < @to AND (@service IS NULL OR e.data::json ->> 'service' = ANY(@service))
           AND (@agent IS NULL OR j.agent = @agent) AND (@seen IS NULL OR j.workspace = ANY(@seen)) GROUP BY e.job_id
        """;

    /// <param name="metric">One of <see cref="MetricWords.All"/>.</param>
    /// <param name="services">For retries: those of these services alone; null for all.</param>
    public async Task<MetricRuns> BehindAsync(
        string metric,
        MetricScope scope,
        IReadOnlyCollection<string>? services = null,
        int most = MetricRuns.Most,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(scope);
        var behind = metric is MetricWords.Completion or MetricWords.Duration ? Counted : Told;
        var sql = $"""
            SELECT b.job_id AS "JobId", j.short_id AS "ShortId", j.name AS "Name", j.agent AS "Agent", label(r) AS "Label",
                   extract(epoch FROM COALESCE(r.finished_at, ac_now()) - j.submitted_at)::float8 AS "DurationSeconds",
                   b.reason AS "Reason", b.times AS "Times", b.at AS "At", b.total AS "Total"
              FROM ({behind}) b JOIN jobs j ON j.id = b.job_id JOIN job_runs r ON r.job_id = b.job_id WHERE b.place <= @most ORDER BY b.place
            """;
        object[] parameters =
        [
            .. MetricReads.Parameters(scope, scope.Window.From),
            new NpgsqlParameter("metric", NpgsqlDbType.Text) { Value = metric },
            new NpgsqlParameter("type", NpgsqlDbType.Text)
            {
                Value = metric == MetricWords.Retries ? "step.retrying" : "job.recovered",
            },
            new NpgsqlParameter("service", NpgsqlDbType.Array | NpgsqlDbType.Text)
            {
                Value = (object?)services?.ToArray() ?? DBNull.Value,
            },
            new NpgsqlParameter("most", NpgsqlDbType.Integer) { Value = most },
        ];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Database.SqlQueryRaw<Row>(sql, parameters).ToListAsync(cancellationToken);
        return new(
            [
                .. rows.Select(r => new MetricRun(
                    r.JobId,
                    r.ShortId,
                    r.Name,
                    r.Agent,
                    r.Label,
                    r.DurationSeconds,
                    r.Reason,
                    r.Times,
                    r.At
                )),
            ],
            rows.Count == 0 ? 0 : rows[0].Total
        );
    }

    private sealed record Row(
        Guid JobId,
        string ShortId,
        string Name,
        string Agent,
        string Label,
        double DurationSeconds,
        string? Reason,
        long Times,
        DateTimeOffset At,
        long Total
    );
}
