using AgentControl.Core.Failures;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Failures;

/// <summary>A group that had been resolved and failed again, with the job that did.</summary>
internal sealed record RegressedGroup(Guid Id, string Title, Guid JobId, string ResolvedBy, DateTimeOffset? ResolvedAt);

/// <summary>Writes failures to their groups.</summary>
internal static class FailureStore
{
    private const string NewGroups = """
        INSERT INTO failure_groups (id, workspace, fingerprint, agent, type, step, service, title, example, count, first_seen_at, last_seen_at, status)
        SELECT id, workspace, fingerprint, agent, type, step, service, title, example, 0, at, at, 'unresolved'
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
            AS g(id, workspace, fingerprint, agent, type, step, service, title, example, at)
         ORDER BY workspace, fingerprint
        ON CONFLICT (workspace, fingerprint) DO NOTHING
        """;

    // A failure that was counted before changes nothing. Only one that came after somebody had resolved its group brings it back:
    // what failed before then and is read now is what they had resolved. An ignored group stays ignored.
    private const string Count = """
        WITH f AS (
          SELECT f.*, g.id AS group_id
            FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[]) AS f(job_id, no, at, workspace, fingerprint, example)
            JOIN failure_groups g ON g.workspace = f.workspace AND g.fingerprint = f.fingerprint),
        old AS MATERIALIZED (SELECT g.id, g.status, g.status_by, g.status_at FROM failure_groups g WHERE g.id IN (SELECT group_id FROM f) ORDER BY g.id FOR UPDATE),
        fresh AS (INSERT INTO job_failures (job_id, no, group_id, at) SELECT job_id, no, group_id, at FROM f ON CONFLICT DO NOTHING RETURNING job_id, no, group_id, at),
        sums AS (SELECT group_id, count(*) AS n, min(at) AS first, max(at) AS last FROM fresh GROUP BY group_id),
        newest AS (SELECT DISTINCT ON (group_id) group_id, fresh.job_id, f.example FROM fresh JOIN f USING (job_id, no, group_id) ORDER BY group_id, fresh.at DESC, fresh.job_id),
        changed AS (
          UPDATE failure_groups g SET
                 count = g.count + s.n, first_seen_at = LEAST(g.first_seen_at, s.first), last_seen_at = GREATEST(g.last_seen_at, s.last),
                 example = CASE WHEN s.last >= g.last_seen_at THEN n.example ELSE g.example END,
                 status = CASE WHEN old.status = 'resolved' AND s.last > old.status_at THEN 'unresolved' ELSE g.status END,
                 regressed_at = CASE WHEN old.status = 'resolved' AND s.last > old.status_at THEN s.last ELSE g.regressed_at END
            FROM sums s JOIN newest n USING (group_id) JOIN old ON old.id = s.group_id WHERE g.id = s.group_id
          RETURNING g.id, g.title, n.job_id, old.status_by, old.status_at, old.status = 'resolved' AND g.status = 'unresolved' AS back)
        SELECT id, title, job_id, COALESCE(status_by, 'somebody'), status_at FROM changed WHERE back ORDER BY id
        """;

    /// <summary>Adds what is not there yet. The caller has the transaction.</summary>
    /// <returns>The groups that were resolved and are back.</returns>
    public static async Task<IReadOnlyList<RegressedGroup>> AddAsync(
        NpgsqlConnection connection,
        IReadOnlyList<FoundFailure> found,
        IReadOnlyDictionary<(Guid Job, string Key), (string Name, string? Service)> steps,
        CancellationToken cancellationToken
    )
    {
        var failures = found.Select(f => (Failure: f, Cause: CauseOf(f, steps))).ToList();
        var groups = failures.DistinctBy(f => (f.Failure.Workspace, f.Cause.Fingerprint)).ToList();
        await Sql.ExecuteAsync(
            connection,
            NewGroups,
            groups.Select(_ => Guid.CreateVersion7()).ToArray(),
            Column(groups, g => g.Failure.Workspace),
            Column(groups, g => g.Cause.Fingerprint),
            Column(groups, g => g.Cause.Agent),
            Column(groups, g => g.Cause.Type),
            Column(groups, g => g.Cause.Step),
            Column(groups, g => g.Cause.Service),
            Column(groups, g => g.Cause.Title),
            Column(groups, g => g.Failure.Example),
            groups.Select(g => g.Failure.At.UtcDateTime).ToArray()
        );
        await using var command = Sql.Command(
            connection,
            Count,
            failures.Select(f => f.Failure.Place.Job).ToArray(),
            failures.Select(f => f.Failure.Place.No).ToArray(),
            failures.Select(f => f.Failure.At.UtcDateTime).ToArray(),
            Column(failures, f => f.Failure.Workspace),
            Column(failures, f => f.Cause.Fingerprint),
            Column(failures, f => f.Failure.Example)
        );
        var back = new List<RegressedGroup>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            back.Add(
                new(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetGuid(2),
                    row.GetString(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)
                )
            );
        return back;
    }

    private static FailureCause CauseOf(
        FoundFailure failure,
        IReadOnlyDictionary<(Guid Job, string Key), (string Name, string? Service)> steps
    ) =>
        failure.Failure.Step is { } key && steps.TryGetValue((failure.Place.Job, key), out var step)
            ? failure.Cause(step.Name, step.Service)
            : failure.Cause(null, null);

    private static string?[] Column<T>(IEnumerable<T> rows, Func<T, string?> value) => [.. rows.Select(value)];
}
