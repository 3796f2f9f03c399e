using AgentControl.Core.Anomalies;
using AgentControl.Core.Jobs;
using Npgsql;

namespace AgentControl.Engine.Anomalies;

/// <summary>An anomaly as a job's log tells it, with what people call the job.</summary>
/// <param name="No">The event's number in its job.</param>
public sealed record AnomalyView(Guid JobId, string JobName, long No, DateTimeOffset At, Anomaly What, string Agent);

/// <summary>One trouble, however many jobs tell of it.</summary>
/// <param name="Newest">Its newest telling.</param>
/// <param name="Jobs">How many jobs it touches.</param>
/// <param name="Since">When it began, as far as is known.</param>
/// <param name="ShortIds">The newest of these jobs, at most <see cref="MostIds"/>, with commas between them.</param>
public sealed record AnomalyGroup(AnomalyView Newest, int Jobs, DateTimeOffset Since, string ShortIds)
{
    public const int MostIds = 50;

    /// <summary>Tellings about one service and of one kind are one trouble; all others are their job's own.</summary>
    /// <param name="newestFirst">In the order of time, the newest first.</param>
    public static IReadOnlyList<AnomalyGroup> Of(IEnumerable<AnomalyView> newestFirst) =>
        [
            .. newestFirst
                .GroupBy(a => (a.What.Kind, a.What.Service ?? a.JobId.ToString()))
                .Select(g => new AnomalyGroup(
                    g.First(),
                    g.Select(a => a.JobId).Distinct().Count(),
                    g.Min(a => a.What.Since ?? a.At),
                    string.Join(',', g.Select(a => a.JobId).Distinct().Take(MostIds).Select(ShortId.Of))
                )),
        ];
}

/// <summary>Reads what was unexpected.</summary>
public sealed class AnomalyQueries(NpgsqlDataSource database)
{
    /// <summary>How many tellings are looked at for the troubles of a while.</summary>
    private const int MostTellings = 500;

    /// <summary>The newest of one job, newest first.</summary>
    public Task<IReadOnlyList<AnomalyView>> OfJobAsync(Guid job, int most, CancellationToken cancellationToken) =>
        ReadAsync(
            """
            SELECT e.job_id, j.name, e.no, e.at, e.data, e.message, e.level, j.agent FROM events e JOIN jobs j ON j.id = e.job_id
             WHERE e.job_id = $1 AND e.type = 'anomaly' ORDER BY e.no DESC LIMIT $2
            """,
            cancellationToken,
            job,
            most
        );

    /// <summary>The troubles of the last while, newest first.</summary>
    /// <param name="visible">The workspaces that the caller may see; null for all.</param>
    public async Task<IReadOnlyList<AnomalyGroup>> NewestAsync(
        IReadOnlyCollection<string>? visible,
        TimeSpan within,
        CancellationToken cancellationToken
    ) =>
        AnomalyGroup.Of(
            await ReadAsync(
                """
                SELECT e.job_id, j.name, e.no, e.at, e.data, e.message, e.level, j.agent FROM events e JOIN jobs j ON j.id = e.job_id
                 WHERE e.type = 'anomaly' AND e.at > ac_now() - $1 AND ($2::text[] IS NULL OR j.workspace = ANY($2)) ORDER BY e.at DESC, e.no DESC LIMIT $3
                """,
                cancellationToken,
                within,
                visible is null ? DBNull.Value : visible.ToArray(),
                MostTellings
            )
        );

    private async Task<IReadOnlyList<AnomalyView>> ReadAsync(
        string sql,
        CancellationToken cancellationToken,
        params object[] values
    )
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        var found = new List<AnomalyView>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            found.Add(
                new(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetInt64(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    Anomaly.Read(row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5), row.GetString(6)),
                    row.GetString(7)
                )
            );
        return found;
    }
}
