using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Metrics;

/// <summary>
/// The statements behind the metrics: the one place that says what is counted. Each reads the span and what lies before it since some
/// moment, told apart by "Here"; a bucket in which the span begins is there twice.
/// </summary>
internal static class MetricReads
{
    private const string Bucket = "date_bin(@bucket, ";
    private const string Whole = "SELECT NULL::timestamptz AS \"At\"";

    private const string Ended = """
        WITH e AS (SELECT *, finished_at >= @from AS here, label IN ('completed', 'failed', 'timed_out') AS counted FROM ended_tasks
                    WHERE finished_at >= @since AND finished_at < @to AND (@agent IS NULL OR agent = @agent) AND (@seen IS NULL OR workspace = ANY(@seen)))

        """;

    private const string TaskNumbers = """
        , here AS "Here", count(*) FILTER (WHERE label = 'completed') AS "Succeeded", count(*) FILTER (WHERE label IN ('failed', 'timed_out')) AS "Failed",
        count(*) FILTER (WHERE label = 'timed_out') AS "TimedOut", count(*) FILTER (WHERE label = 'cancelled') AS "Cancelled", count(*) FILTER (WHERE label = 'rejected') AS "Rejected",
        percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY duration_ms) FILTER (WHERE counted) AS "Durations",
        percentile_cont(0.5) WITHIN GROUP (ORDER BY worked_ms) FILTER (WHERE counted) AS "Working",
        percentile_cont(0.5) WITHIN GROUP (ORDER BY GREATEST(duration_ms - people_ms, worked_ms)) FILTER (WHERE counted) AS "WithoutPeople"
        """;

    private const string TaskTotals =
        Ended + Whole + TaskNumbers + ", agent AS \"Agent\" FROM e GROUP BY GROUPING SETS ((here), (here, agent))";

    private const string TaskBuckets =
        Ended
        + "SELECT "
        + Bucket
        + "finished_at, 'epoch') AS \"At\""
        + TaskNumbers
        + ", NULL::text AS \"Agent\" FROM e GROUP BY 1, 2";

    // Services are everybody's: workspaces do not matter.
    private const string Used = """
        , at >= date_bin('5 minutes', @from, 'epoch') AS "Here", service AS "Service", sum(calls) AS "Calls", sum(retries) AS "Retries"
          FROM service_use WHERE at >= @since AND at < @to AND (@agent IS NULL OR agent = @agent) GROUP BY 1, 2, 3
        """;

    private const string UseTotals = Whole + Used;
    private const string UseBuckets = "SELECT " + Bucket + "at, 'epoch') AS \"At\"" + Used;

    // Of all jobs: a child that goes on after a crash counts as its parent does.
    private const string Recovered = """
        , e.at >= @from AS "Here", count(*) AS "Count", count(DISTINCT e.job_id) AS "Jobs",
        count(DISTINCT e.job_id) FILTER (WHERE r.finished_at IS NOT NULL) AS "Finished", count(DISTINCT e.job_id) FILTER (WHERE r.state = 'succeeded') AS "Succeeded"
          FROM events e JOIN jobs j ON j.id = e.job_id JOIN job_runs r ON r.job_id = e.job_id
         WHERE e.type = 'job.recovered' AND e.at >= @since AND e.at < @to
           AND (@agent IS NULL OR j.agent = @agent) AND (@seen IS NULL OR j.workspace = ANY(@seen)) GROUP BY 1, 2
        """;

    private const string RecoveryTotals = Whole + Recovered;
    private const string RecoveryBuckets = "SELECT " + Bucket + "e.at, 'epoch') AS \"At\"" + Recovered;

    /// <summary>Over the whole span and what lies before it: all ended tasks together (no agent), and by agent.</summary>
    public static Task<List<TaskLine>> TasksAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<TaskLine>(db, TaskTotals, scope, since, cancellationToken);

    public static Task<List<TaskLine>> TaskBucketsAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<TaskLine>(db, TaskBuckets, scope, since, cancellationToken);

    public static Task<List<UseLine>> UseAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<UseLine>(db, UseTotals, scope, since, cancellationToken);

    public static Task<List<UseLine>> UseBucketsAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<UseLine>(db, UseBuckets, scope, since, cancellationToken);

    public static Task<List<RecoveryLine>> RecoveriesAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<RecoveryLine>(db, RecoveryTotals, scope, since, cancellationToken);

    public static Task<List<RecoveryLine>> RecoveryBucketsAsync(
        ControlDbContext db,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => ReadAsync<RecoveryLine>(db, RecoveryBuckets, scope, since, cancellationToken);

    public static NpgsqlParameter[] Parameters(MetricScope scope, DateTimeOffset since) =>
        [
            new("bucket", NpgsqlDbType.Interval) { Value = scope.Window.Bucket },
            new("from", NpgsqlDbType.TimestampTz) { Value = scope.Window.From.UtcDateTime },
            new("to", NpgsqlDbType.TimestampTz) { Value = scope.Window.To.UtcDateTime },
            new("since", NpgsqlDbType.TimestampTz) { Value = since.UtcDateTime },
            new("agent", NpgsqlDbType.Text) { Value = (object?)scope.Agent ?? DBNull.Value },
            new("seen", NpgsqlDbType.Array | NpgsqlDbType.Text)
            {
                Value = (object?)scope.Visible?.ToArray() ?? DBNull.Value,
            },
        ];

    private static Task<List<T>> ReadAsync<T>(
        ControlDbContext db,
        string sql,
        MetricScope scope,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        object[] parameters = [.. Parameters(scope, since)];
        return db.Database.SqlQueryRaw<T>(sql, parameters).ToListAsync(cancellationToken);
    }

    /// <param name="At">The bucket; null over a whole span.</param>
    /// <param name="Here">In the span, not before it.</param>
    internal sealed record TaskLine(
        DateTimeOffset? At,
        bool Here,
        string? Agent,
        long Succeeded,
        long Failed,
        long TimedOut,
        long Cancelled,
        long Rejected,
        double[]? Durations,
        double? Working,
        double? WithoutPeople
    )
    {
        public TaskCounts Counts => new(Succeeded, Failed, TimedOut, Cancelled, Rejected);

        public TaskDurations Seconds =>
            new(Durations?[0] / 1000, Durations?[1] / 1000, Working / 1000, WithoutPeople / 1000);
    }

    internal sealed record UseLine(DateTimeOffset? At, bool Here, string Service, long Calls, long Retries);

    internal sealed record RecoveryLine(
        DateTimeOffset? At,
        bool Here,
        long Count,
        long Jobs,
        long Finished,
        long Succeeded
    );
}
