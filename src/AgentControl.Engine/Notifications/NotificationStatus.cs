using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Notifications;
using AgentControl.Core.Progress;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Tells the status of running jobs each so many minutes or percent, where a rule or the job's own <c>notify</c> asks for it. A message's
/// id is made of job, period and channel: whichever process looks, and however often, a period is told once.
/// </summary>
internal sealed class NotificationStatus(
    NotificationChannels channels,
    NotificationBook book,
    NotificationSignals signals
)
{
    /// <summary>$1: rules ask for it. Other jobs are asked only where their own words may.</summary>
    private const string RunningSql = """
        SELECT j.id, j.short_id, j.name, j.agent, j.workspace, j.tags, j.notify, j.parent_id IS NOT NULL OR j.batch_id IS NOT NULL,
               extract(epoch FROM ac_now() - r.started_at)::float8, coalesce(r.progress_completed, 0), r.progress_total, r.progress_stage,
               (r.worked_ms + 1000 * coalesce(extract(epoch FROM ac_now() - r.leased_at), 0))::float8, u.email, ac_now()
          FROM job_runs r JOIN jobs j ON j.id = r.job_id LEFT JOIN users u ON u.id = j.submitter
         WHERE r.state = 'running' AND r.started_at IS NOT NULL AND ($1 OR j.notify LIKE '%every%')
        """;

    /// <summary>Looks once; another process that looks at the same time leaves it to this one.</summary>
    public async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await Sql.ScalarAsync<bool?>(connection, "SELECT one FROM notification_cursor FOR UPDATE SKIP LOCKED")
            is not true
        )
            return;
        var open = await book.OpenAsync(connection, cancellationToken);
        var rules = open.Rules.Where(r => r.EveryMinutes is not null || r.EveryPercent is not null).ToList();
        var told = 0;
        foreach (var job in await RunningAsync(connection, rules.Count > 0, cancellationToken))
        foreach (var status in Due(job, rules, open))
            told += await InsertAsync(connection, job, status, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (told > 0)
            signals.Changed();
    }

    private static IEnumerable<Status> Due(RunningJob job, List<KeptRule> rules, OpenBook open)
    {
        var asked = rules
            .Where(r => r.When.Concerns(job.Subject))
            .Select(r => (r.Channel, r.Tell, r.EveryMinutes, r.EveryPercent));
        if (JobNotify.Read(job.Notify) is { } own)
            asked = asked.Concat(
                own.Channels.Select(c =>
                    (c, open.Find(c)?.To ?? (IReadOnlyList<string>)[], own.EveryMinutes, own.EveryPercent)
                )
            );
        foreach (var (name, tell, minutes, percent) in asked)
        {
            var channel = open.Find(name);
            if (channel is null && name != NotificationStore.InApp)
                continue;
            // In quiet hours nobody is told how it goes; what it came to is told by the next period behind them.
            if (channel?.Quiet is { } quiet && quiet.NotBefore(job.Now, null) > job.Now)
                continue;
            if (minutes is { } every && job.Seconds >= every * 60)
                yield return new(name, tell, $"m{every}:{Math.Floor(job.Seconds / 60 / every)}");
            if (percent is { } step && job.Percent is { } done && done >= step && done < 100)
                yield return new(name, tell, $"p{step}:{done / step}");
        }
    }

    private async Task<int> InsertAsync(
        NpgsqlConnection connection,
        RunningJob job,
        Status status,
        CancellationToken cancellationToken
    )
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"status {job.Id} {status.Period} {status.Channel}"));
        var id = new Guid(hash.AsSpan(0, 16));
        if (await Sql.ScalarAsync<long>(connection, "SELECT count(*) FROM notifications WHERE id = $1", id) > 0)
            return 0;
        var members = status.Tell.Contains("members")
            ? await NotificationStore.MembersAsync(connection, job.Workspace)
            : [];
        var message = new NotificationMessage(
            id,
            NotificationKind.Status,
            $"{job.Name} is running",
            job.Said(),
            $"{channels.PublicUrl}/jobs/{job.ShortId}",
            job.Now
        )
        {
            JobId = job.Id,
            Job = job.Name,
            Agent = job.Agent,
            Workspace = job.Workspace,
            To =
            [
                .. status.Tell.Contains("owner") && job.Owner is not null ? [job.Owner] : Array.Empty<string>(),
                .. members,
                .. status.Tell.Where(to => to.Contains('@', StringComparison.Ordinal)),
            ],
        };
        return await NotificationStore.InsertAsync(
            connection,
            status.Channel,
            message,
            (job.Id, job.Workspace),
            status.Channel == NotificationStore.InApp ? null : job.Now,
            cancellationToken
        );
    }

    private static async Task<List<RunningJob>> RunningAsync(
        NpgsqlConnection connection,
        bool byRule,
        CancellationToken cancellationToken
    )
    {
        var jobs = new List<RunningJob>();
        await using var command = Sql.Command(connection, RunningSql, byRule);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync(cancellationToken))
            jobs.Add(
                new RunningJob(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetString(4),
                    row.GetFieldValue<string[]>(5),
                    Text(6),
                    row.GetBoolean(7),
                    row.GetDouble(8),
                    row.GetFieldValue<DateTimeOffset>(14)
                )
                {
                    Completed = row.GetInt64(9),
                    Total = row.IsDBNull(10) ? null : row.GetInt64(10),
                    Stage = Text(11),
                    Worked = TimeSpan.FromMilliseconds(row.GetDouble(12)),
                    Owner = Text(13),
                }
            );
        return jobs;
    }

    private sealed record Status(string Channel, IReadOnlyList<string> Tell, string Period);

    private sealed record RunningJob(
        Guid Id,
        string ShortId,
        string Name,
        string Agent,
        string Workspace,
        string[] Tags,
        string? Notify,
        bool Part,
        double Seconds,
        DateTimeOffset Now
    )
    {
        public long Completed { get; init; }
        public long? Total { get; init; }
        public string? Stage { get; init; }
        public TimeSpan Worked { get; init; }
        public string? Owner { get; init; }

        public int? Percent => Eta.Percent(Completed, Total);

        public NotificationSubject Subject => new(NotificationKind.Status, Agent, Workspace, Tags, Part);

        /// <summary>Such as: 42 of 100 (42 %), reading, some 12 min left. It runs for 9 min.</summary>
        public string Said()
        {
            var parts = new List<string>();
            if (Percent is { } percent)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Completed} of {Total} ({percent} %)"));
            if (Stage is { Length: > 0 } stage)
                parts.Add(stage);
            if (Eta.Seconds(Completed, Total, Worked) is { } left)
                parts.Add($"some {NotificationNews.Span(left)} left");
            var how = parts.Count == 0 ? "" : string.Join(", ", parts) + ". ";
            return $"{how}It runs for {NotificationNews.Span(Seconds)}.";
        }
    }
}
