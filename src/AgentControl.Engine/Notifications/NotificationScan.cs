using System.Globalization;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Turns the log into messages: everything below the oldest running transaction is read once, and messages and the new place
/// are one commit. One process does it at a time; the steps that write the log wait for nobody.
/// </summary>
internal sealed class NotificationScan(
    NotificationChannels channels,
    NotificationBook book,
    NotificationSignals signals,
    EventFeed feed,
    WorkspaceChanges changes
)
{
    private const int Chunk = 500;

    private const string NewsSql = """
        SELECT e.xid::text::bigint, e.job_id, e.no, e.at, e.type, e.message, j.short_id, j.name, j.agent, j.workspace, j.tags, j.notify,
               j.parent_id IS NOT NULL OR j.batch_id IS NOT NULL, extract(epoch FROM r.finished_at - r.started_at)::float8,
               CASE WHEN e.type = 'job.succeeded' AND j.parent_id IS NULL AND j.batch_id IS NULL THEN (
                 SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.finished_at - o.started_at)) FROM (
                   SELECT r2.finished_at, r2.started_at FROM jobs j2 JOIN job_runs r2 ON r2.job_id = j2.id
                    WHERE j2.agent = j.agent AND j2.id < j.id AND r2.state = 'succeeded' ORDER BY j2.id DESC LIMIT 50) o) END,
               a.id, a.title, a.deadline, u.email,
               CASE WHEN a.id IS NULL OR e.type = 'approval.infoAsked' THEN '{}' ELSE ARRAY(SELECT DISTINCT p.email FROM grants g JOIN users p ON p.id = g.principal_id
                 WHERE g.principal_kind = 'person' AND g.role IN ('approver','admin') AND g.workspace IN (j.workspace, '*') AND p.email IS NOT NULL
                   AND (e.type <> 'approval.snoozeEnded' OR 'person:' || p.id = e.data::json ->> 'voter')
                   AND NOT ((a.not_starter OR a.required > 1) AND p.id IS NOT DISTINCT FROM a.starter)
                   AND NOT EXISTS (SELECT 1 FROM approval_votes v WHERE v.approval_id = a.id AND v.revision = a.revision AND v.voter = 'person:' || p.id)
                   AND (cardinality(a.approvers) = 0 OR EXISTS (SELECT 1 FROM unnest(a.approvers) n(name)
                     WHERE lower(n.name) IN (lower(p.display_name), lower(p.email), 'person:' || p.id)
                        OR EXISTS (SELECT 1 FROM group_members m WHERE m.person_id = p.id AND m.group_name = lower(n.name))))) END
          FROM events e JOIN jobs j ON j.id = e.job_id JOIN job_runs r ON r.job_id = e.job_id
          LEFT JOIN users u ON u.id = j.submitter
          LEFT JOIN LATERAL (SELECT id, title, deadline, revision, required, approvers, not_starter, starter FROM approvals WHERE e.type LIKE 'approval.%' AND job_id = e.job_id
                              ORDER BY (id::text = e.data::json ->> 'approvalId') DESC NULLS LAST, requested_at DESC LIMIT 1) a ON true
         WHERE e.xid >= $1::text::xid8 AND (e.xid, e.job_id, e.no) > ($1::text::xid8, $2, $3) AND e.xid < $4::text::xid8 AND e.type = ANY($5)
           AND (e.type LIKE 'approval.%' OR e.type = 'failure.regressed' OR j.notify IS NOT NULL OR (j.parent_id IS NULL AND j.batch_id IS NULL))
         ORDER BY e.xid, e.job_id, e.no LIMIT $6
        """;

    /// <summary>Shows what became due in the program, and lets go of what nobody needs to hear any more.</summary>
    public async Task SettleAsync(NpgsqlConnection connection)
    {
        if (await NotificationStore.SettleAsync(connection) > 0)
            signals.Changed();
    }

    /// <summary>Looks once. True where more may wait.</summary>
    public async Task<bool> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PlaceAsync(connection, cancellationToken) is not var (from, job, no, safe))
            return false;
        // A database that was restored elsewhere counts its transactions anew.
        if (from > safe)
            (from, job, no) = (safe, Guid.Empty, 0);
        var news = await NewsAsync(connection, (from, job, no), safe, cancellationToken);
        var said = new List<(string Workspace, LiveEvent Line)>();
        if (news.Count > 0)
        {
            var open = await book.OpenAsync(connection, cancellationToken);
            foreach (var one in news)
                await WriteAsync(connection, open, one, cancellationToken);
            // Behind all of them and by the job: two looks that lock several jobs lock them in the same order.
            foreach (var end in news.Where(n => IsCommented(open, n)).OrderBy(n => n.JobId))
                if (await ResultComments.WriteAsync(connection, end, cancellationToken) is { } line)
                    said.Add((end.Workspace, line));
        }
        var full = news.Count == Chunk;
        if (full)
            (from, job, no) = (news[^1].Xid, news[^1].JobId, news[^1].No);
        else
            (from, job, no) = (safe, Guid.Empty, 0);
        await Sql.ExecuteAsync(
            connection,
            "UPDATE notification_cursor SET xid = $1, job_id = $2, no = $3",
            from,
            job,
            no
        );
        await transaction.CommitAsync(cancellationToken);
        if (news.Count > 0)
            signals.Changed();
        foreach (var workspace in said.Select(s => s.Workspace).Distinct(StringComparer.Ordinal))
            changes.Publish(workspace);
        if (said.Count > 0)
            feed.Publish([.. said.Select(s => s.Line)]);
        return full;
    }

    private static bool IsCommented(OpenBook open, NotificationNews news) =>
        news.Kind is NotificationKind.Completed or NotificationKind.Failed
        && (
            JobNotify.Read(news.Notify) is { CommentOnResult: true } own && own.On.Contains(news.Kind)
            || open.Rules.Any(r => r.CommentOnResult && r.When.Takes(news.Subject))
        );

    /// <summary>Null where another process is at it.</summary>
    private static async Task<(long From, Guid Job, long No, long Safe)?> PlaceAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT xid, job_id, no, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM notification_cursor FOR UPDATE SKIP LOCKED"
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? (row.GetInt64(0), row.GetGuid(1), row.GetInt64(2), row.GetInt64(3))
            : null;
    }

    private static async Task<List<NotificationNews>> NewsAsync(
        NpgsqlConnection connection,
        (long Xid, Guid Job, long No) from,
        long safe,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            NewsSql,
            from.Xid.ToString(CultureInfo.InvariantCulture),
            from.Job,
            from.No,
            safe.ToString(CultureInfo.InvariantCulture),
            NotificationKind.Events.ToArray(),
            Chunk
        );
        var news = new List<NotificationNews>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        double? Number(int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
        while (await row.ReadAsync(cancellationToken))
            news.Add(
                new NotificationNews
                {
                    Xid = row.GetInt64(0),
                    JobId = row.GetGuid(1),
                    No = row.GetInt64(2),
                    At = row.GetFieldValue<DateTimeOffset>(3),
                    Type = row.GetString(4),
                    Said = row.GetString(5),
                    ShortId = row.GetString(6),
                    Job = row.GetString(7),
                    Agent = row.GetString(8),
                    Workspace = row.GetString(9),
                    Tags = row.GetFieldValue<string[]>(10),
                    Notify = Text(11),
                    Part = row.GetBoolean(12),
                    Seconds = Number(13),
                    UsualSeconds = Number(14),
                    ApprovalId = await row.IsDBNullAsync(15, cancellationToken) ? null : row.GetGuid(15),
                    Question = Text(16),
                    Deadline = await row.IsDBNullAsync(17, cancellationToken)
                        ? null
                        : row.GetFieldValue<DateTimeOffset>(17),
                    Owner = Text(18),
                    Approvers = row.GetFieldValue<string[]>(19),
                }
            );
        return news;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        OpenBook open,
        NotificationNews news,
        CancellationToken cancellationToken
    )
    {
        var own = JobNotify.Read(news.Notify);
        var rules = open.Rules.Where(r => r.When.Takes(news.Subject)).ToList();
        var earliest = news.Kind == NotificationKind.Started ? news.At + NotificationNews.LongEnough : news.At;
        if (
            !news.Personal
            && (NotificationRule.Usual.Takes(news.Subject) || rules.Exists(r => r.Channel == NotificationStore.InApp))
        )
            await InsertAsync(connection, news, (NotificationStore.InApp, []), (earliest, earliest), cancellationToken);
        foreach (var channel in open.Channels)
        {
            var asked = own?.Channels.Contains(channel.Name) == true && own.On.Contains(news.Kind);
            var usual = asked || channel.Rule.Takes(news.Subject);
            var said = rules.Where(r => r.Channel == channel.Name).ToList();
            if (!usual && said.Count == 0)
                continue;
            var due = channel.Quiet?.NotBefore(earliest, news.Deadline) ?? earliest;
            // However many rules take it, a channel is told once, and everybody who is to hear of it.
            string[] to =
            [
                .. usual ? channel.To : [],
                .. said.Where(r => !r.Gathers(news.Kind)).SelectMany(r => r.Tell),
            ];
            // One person's reminder goes to channels that know people apart.
            if (news.Personal && !to.Contains("approvers"))
                continue;
            var atOnce = usual || said.Exists(r => !r.Gathers(news.Kind));
            var told = atOnce
                ? await InsertAsync(connection, news, (channel.Name, to), (due, earliest), cancellationToken)
                : [];
            // A channel with one receiver heard it, or hears it in one digest.
            if (channel.Type == ChannelReader.Email)
                foreach (var rule in said.Where(r => r.Gathers(news.Kind)))
                    told = await GatherAsync(connection, news, (channel, rule), told, earliest);
            else if (!atOnce)
                await GatherAsync(connection, news, (channel, said[0]), [], earliest);
        }
    }

    /// <summary>Puts it aside for a rule's window, for those who have not been told.</summary>
    /// <returns>Everybody who has been told, or will be by this.</returns>
    private async Task<IReadOnlyList<string>> GatherAsync(
        NpgsqlConnection connection,
        NotificationNews news,
        (ChannelSettings Channel, KeptRule Rule) by,
        IReadOnlyList<string> told,
        DateTimeOffset earliest
    )
    {
        var (channel, rule) = by;
        var members = rule.Tell.Contains("members")
            ? await NotificationStore.MembersAsync(connection, news.Workspace)
            : [];
        var message = news.For(channel.Name, channels.PublicUrl, rule.Tell, members);
        var all = told.Concat(message.To).ToList();
        if (channel.Type == ChannelReader.Email)
        {
            message = message with { To = [.. message.To.Except(told, StringComparer.OrdinalIgnoreCase)] };
            message = await NotificationDigests.DivertAsync(connection, channel.Name, message, earliest);
            if (message.To.Count == 0)
                return all;
        }
        await NotificationDigests.CollectAsync(
            connection,
            $"rule:{rule.Id}",
            channel.Name,
            message,
            (rule.Digest!, earliest)
        );
        return all;
    }

    /// <param name="when">When it is sent, and when it would be without quiet hours.</param>
    /// <returns>The addresses that are told by it.</returns>
    private async Task<IReadOnlyList<string>> InsertAsync(
        NpgsqlConnection connection,
        NotificationNews news,
        (string Channel, IReadOnlyCollection<string> To) by,
        (DateTimeOffset Due, DateTimeOffset Earliest) when,
        CancellationToken cancellationToken
    )
    {
        var members = by.To.Contains("members") ? await NotificationStore.MembersAsync(connection, news.Workspace) : [];
        var message = news.For(by.Channel, channels.PublicUrl, by.To, members);
        var told = message.To;
        message = await NotificationDigests.DivertAsync(connection, by.Channel, message, when.Earliest);
        if (told.Count > 0 && message.To.Count == 0)
            return told;
        // What is in the program is there as soon as it is written.
        var there = by.Channel == NotificationStore.InApp && news.Kind != NotificationKind.Started;
        await NotificationStore.InsertAsync(
            connection,
            by.Channel,
            message,
            (news.JobId, news.Workspace),
            there ? null : when.Due,
            cancellationToken
        );
        return told;
    }
}
