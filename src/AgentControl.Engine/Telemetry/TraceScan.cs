using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Telemetry;

/// <summary>A place in the order in which everything was committed.</summary>
internal sealed record TracePlace(long Xid, Guid Job, long No);

/// <summary>Makes spans of what the log tells behind a place: a step's when it is recorded, a job's when it ends.</summary>
internal static class TraceScan
{
    private const int Chunk = 500;
    private const int LongestText = 500;

    private static readonly (string Field, string Name)[] _tokens =
    [
        ("inputTokens", "gen_ai.usage.input_tokens"),
        ("outputTokens", "gen_ai.usage.output_tokens"),
    ];

    private static readonly string[] _types =
    [
        EventTypes.StepCompleted,
        EventTypes.StepFailed,
        EventTypes.JobSucceeded,
        EventTypes.JobFailed,
        EventTypes.JobCancelled,
    ];

    private const string Lines = """
        SELECT e.xid::text::bigint, e.job_id, e.no, e.at, e.type, e.message, j.name, j.agent, j.queue, j.parent_id, root.id, root.traceparent, j.submitted_at, r.attempt,
               CASE WHEN j.parent_id IS NULL THEN NULL ELSE (SELECT generation FROM job_runs p WHERE p.job_id = j.parent_id) END,
               COALESCE(s.generation, r.generation), s.key, s.name, s.kind, s.service, s.started_at, s.completed_at, s.attempt, s.usage
          FROM events e JOIN jobs j ON j.id = e.job_id JOIN job_runs r ON r.job_id = e.job_id
          LEFT JOIN LATERAL (SELECT * FROM steps s WHERE e.type LIKE 'step.%' AND s.job_id = e.job_id AND s.key = e.data::json ->> 'key' AND s.no = e.no) s ON true
          CROSS JOIN LATERAL (
            WITH RECURSIVE up AS (SELECT j.id, j.parent_id, j.traceparent UNION ALL SELECT p.id, p.parent_id, p.traceparent FROM up JOIN jobs p ON p.id = up.parent_id)
            SELECT id, traceparent FROM up WHERE parent_id IS NULL) root
         WHERE e.xid >= $1::text::xid8 AND (e.xid, e.job_id, e.no) > ($1::text::xid8, $2, $3) AND e.xid < $4::text::xid8 AND e.type = ANY($5)
         ORDER BY e.xid, e.job_id, e.no LIMIT $6
        """;

    private const string Retries = """
        SELECT job_id, at, message, data::json ->> 'key', data::json ->> 'reason', COALESCE((data::json ->> 'attempt')::int, 0)
          FROM events WHERE type = 'step.retrying' AND at >= $2 AND at <= $3 AND job_id = ANY($1) ORDER BY at
        """;

    public static async Task<(IReadOnlyList<TraceSpan> Spans, TracePlace Next, bool Full)> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var (from, safe) = await PlaceAsync(connection, cancellationToken);
        // A database that was restored elsewhere counts its transactions anew.
        if (from.Xid > safe)
            from = new(safe, Guid.Empty, 0);
        var lines = await LinesAsync(connection, from, safe, cancellationToken);
        var retries = await RetriesAsync(connection, lines, cancellationToken);
        var spans = lines.Select(line => Span(line, retries)).OfType<TraceSpan>().ToList();
        var full = lines.Count == Chunk;
        return (spans, full ? lines[^1].Place : new(safe, Guid.Empty, 0), full);
    }

    private static async Task<(TracePlace From, long Safe)> PlaceAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT xid, job_id, no, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM trace_cursor"
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (new(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2)), row.GetInt64(3));
    }

    private static TraceSpan? Span(Line line, ILookup<(Guid, string), TraceMoment> retries)
    {
        var (trace, submitter, wanted) = TraceIds.Trace(line.Root, line.Traceparent);
        if (!wanted)
            return null;
        var failed = line.Type is EventTypes.StepFailed or EventTypes.JobFailed ? Cut(line.Message) : null;
        if (line.Step is not { } step)
        {
            // An end tells of the job alone; a step's line whose entry a person's retry has replaced meanwhile tells nothing any more.
            if (line.Type.StartsWith("step.", StringComparison.Ordinal))
                return null;
            return new(
                trace,
                TraceIds.OfJob(line.Place.Job, line.Generation),
                line.Parent is { } parent ? TraceIds.OfJob(parent, line.ParentGeneration) : submitter,
                $"{line.Agent} {line.Name}",
                false,
                line.SubmittedAt,
                line.At,
                failed,
                [
                    ("agentcontrol.job.id", line.Place.Job.ToString()),
                    ("agentcontrol.agent", line.Agent),
                    ("agentcontrol.queue", line.Queue),
                    ("agentcontrol.state", line.Type["job.".Length..]),
                    ("agentcontrol.attempts", line.Attempts),
                ],
                []
            );
        }
        var attributes = new List<(string, object)>
        {
            ("agentcontrol.job.id", line.Place.Job.ToString()),
            ("agentcontrol.agent", line.Agent),
            ("agentcontrol.step.key", step.Key),
            ("agentcontrol.step.kind", step.Kind),
            ("agentcontrol.step.attempts", step.Attempts),
        };
        if (step.Service is { } service)
            attributes.Add(("peer.service", service));
        attributes.AddRange(Usage(step.Usage));
        return new(
            trace,
            TraceIds.OfStep(line.Place.Job, step.Key, line.Generation),
            TraceIds.OfJob(line.Place.Job, line.Generation),
            step.Name,
            step.Service is not null,
            step.StartedAt,
            step.CompletedAt,
            failed,
            attributes,
            [.. retries[(line.Place.Job, step.Key)].Where(m => m.At >= step.StartedAt && m.At <= step.CompletedAt)]
        );
    }

    private static IEnumerable<(string, object)> Usage(string? usage)
    {
        if (usage is null)
            yield break;
        using var read = JsonDocument.Parse(usage);
        foreach (var (field, name) in _tokens)
            if (read.RootElement.TryGetProperty(field, out var count) && count.TryGetInt64(out var tokens))
                yield return (name, tokens);
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText];

    private static async Task<List<Line>> LinesAsync(
        NpgsqlConnection connection,
        TracePlace from,
        long safe,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            Lines,
            from.Xid.ToString(System.Globalization.CultureInfo.InvariantCulture),
            from.Job,
            from.No,
            safe.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _types,
            Chunk
        );
        var lines = new List<Line>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            lines.Add(
                new(
                    new(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2)),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.GetString(4),
                    row.GetString(5),
                    row.GetString(6),
                    row.GetString(7),
                    row.GetString(8),
                    row.IsDBNull(9) ? null : row.GetGuid(9),
                    row.GetGuid(10),
                    row.IsDBNull(11) ? null : row.GetString(11),
                    row.GetFieldValue<DateTimeOffset>(12),
                    row.GetInt32(13),
                    row.IsDBNull(14) ? 0 : row.GetInt32(14),
                    row.GetInt32(15),
                    row.IsDBNull(16) ? null : StepOf(row)
                )
            );
        return lines;
    }

    private static StepLine StepOf(NpgsqlDataReader row) =>
        new(
            row.GetString(16),
            row.GetString(17),
            row.GetString(18),
            row.IsDBNull(19) ? null : row.GetString(19),
            row.GetFieldValue<DateTimeOffset>(20),
            row.GetFieldValue<DateTimeOffset>(21),
            row.GetInt32(22),
            row.IsDBNull(23) ? null : row.GetString(23)
        );

    private static async Task<ILookup<(Guid, string), TraceMoment>> RetriesAsync(
        NpgsqlConnection connection,
        List<Line> lines,
        CancellationToken cancellationToken
    )
    {
        var tried = lines.Where(line => line.Step is { Attempts: > 1 }).ToList();
        var found = new List<((Guid, string), TraceMoment)>();
        if (tried.Count > 0)
        {
            await using var command = Sql.Command(
                connection,
                Retries,
                tried.Select(line => line.Place.Job).Distinct().ToArray(),
                tried.Min(line => line.Step!.StartedAt),
                tried.Max(line => line.At)
            );
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
                found.Add(
                    (
                        (row.GetGuid(0), row.IsDBNull(3) ? "" : row.GetString(3)),
                        new(
                            row.GetFieldValue<DateTimeOffset>(1),
                            "retry",
                            [
                                ("attempt", row.GetInt32(5)),
                                ("reason", Cut(row.IsDBNull(4) ? row.GetString(2) : row.GetString(4))),
                            ]
                        )
                    )
                );
        }
        return found.ToLookup(one => one.Item1, one => one.Item2);
    }

    private sealed record StepLine(
        string Key,
        string Name,
        string Kind,
        string? Service,
        DateTimeOffset StartedAt,
        DateTimeOffset CompletedAt,
        int Attempts,
        string? Usage
    );

    private sealed record Line(
        TracePlace Place,
        DateTimeOffset At,
        string Type,
        string Message,
        string Name,
        string Agent,
        string Queue,
        Guid? Parent,
        Guid Root,
        string? Traceparent,
        DateTimeOffset SubmittedAt,
        int Attempts,
        int ParentGeneration,
        int Generation,
        StepLine? Step
    );
}
