using System.Diagnostics.Metrics;
using AgentControl.Engine.Live;
using AgentControl.Engine.Workers;
using Npgsql;

namespace AgentControl.Engine.Telemetry;

/// <summary>
/// How things stand in the database: the same in every process, so read it from one or take the largest, never the sum. What is shown was
/// read at the last <see cref="RefreshAsync"/>.
/// </summary>
public sealed class StateGauges
{
    private const string Sql = """
        SELECT 'jobs' AS gauge, queue AS one, label(r) AS two, count(*)::float8 AS value FROM job_runs r
         WHERE r.label IN ('scheduled','queued','running','waiting','needs_approval','retrying','recovering','pausing','cancelling','paused') GROUP BY 2, 3
        UNION ALL
        SELECT 'depth', queue, NULL, count(*) FROM job_runs WHERE state = 'queued' GROUP BY queue
        UNION ALL
        SELECT 'oldest', queue, NULL, GREATEST(0, extract(epoch FROM ac_now() - min(queued_at)))::float8 FROM job_runs WHERE state = 'queued' GROUP BY queue
        UNION ALL
        SELECT 'circuit', split_part(name, '@', 1), CASE state WHEN 'probing' THEN 'half_open' ELSE state END, count(*) FROM circuits GROUP BY 2, 3
        UNION ALL
        SELECT 'workers', NULL, NULL, count(*) FROM workers WHERE stopped_at IS NULL AND last_heartbeat > ac_now() - make_interval(secs => $1)
        UNION ALL
        SELECT 'approvals', NULL, NULL, count(*) FROM approvals WHERE state = 'pending'
        UNION ALL
        SELECT 'oldestApproval', NULL, NULL, GREATEST(0, COALESCE(extract(epoch FROM ac_now() - min(requested_at)), 0))::float8 FROM approvals WHERE state = 'pending'
        UNION ALL
        SELECT 'notifications', NULL, NULL, count(*) FROM notifications WHERE state = 'pending'
        """;

    private readonly NpgsqlDataSource database;
    private volatile IReadOnlyList<Line> lines = [];

    public StateGauges(NpgsqlDataSource database, EngineMeter meter, EventFeed feed, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(meter);
        this.database = database;
        Gauge("jobs", "agentcontrol.jobs", "{job}", "Jobs that have not ended, by queue and state.", "queue", "state");
        Gauge("depth", "agentcontrol.queue.depth", "{job}", "Jobs that wait for a worker.", "queue");
        Gauge("oldest", "agentcontrol.queue.oldest.age", "s", "How long the oldest of them waits.", "queue");
        Gauge(
            "circuit",
            "agentcontrol.service.circuits",
            "{circuit}",
            "Circuits by service and state; a service that was never in trouble has none.",
            "service",
            "state"
        );
        Gauge("workers", "agentcontrol.workers", "{process}", "Worker processes that are alive.");
        Gauge("approvals", "agentcontrol.approvals.pending", "{approval}", "Questions that wait for people.");
        Gauge("oldestApproval", "agentcontrol.approvals.oldest.age", "s", "How long the oldest of them waits.");
        Gauge(
            "notifications",
            "agentcontrol.notifications.pending",
            "{message}",
            "Messages that are still to be sent."
        );
        meter.Meter.CreateObservableGauge(
            "agentcontrol.database.age",
            () =>
                feed.LastContact is { } at
                    ? [new Measurement<double>(Math.Max(0, (time.GetUtcNow() - at).TotalSeconds))]
                    : Array.Empty<Measurement<double>>(),
            "s",
            "How long ago the database last answered this process."
        );

        void Gauge(string key, string name, string unit, string what, params string[] labels) =>
            meter.Meter.CreateObservableGauge(name, () => Measure(key, labels), unit, what);
    }

    /// <summary>Reads how things stand now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var read = new List<Line>();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter { Value = WorkerQueries.LostAfterSeconds });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            read.Add(
                new(
                    row.GetString(0),
                    row.IsDBNull(1) ? null : row.GetString(1),
                    row.IsDBNull(2) ? null : row.GetString(2),
                    row.GetDouble(3)
                )
            );
        lines = read;
    }

    private IEnumerable<Measurement<double>> Measure(string gauge, string[] labels)
    {
        foreach (var line in lines.Where(line => line.Gauge == gauge))
        {
            KeyValuePair<string, object?>[] tags = labels.Length switch
            {
                0 => [],
                1 => [new(labels[0], line.One)],
                _ => [new(labels[0], line.One), new(labels[1], line.Two)],
            };
            yield return new(line.Value, tags);
        }
    }

    private sealed record Line(string Gauge, string? One, string? Two, double Value);
}
