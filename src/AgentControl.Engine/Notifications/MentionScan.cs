using AgentControl.Core.Notifications;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Tells people that a comment names them: in the feed at once, each for themselves, and by the channels that rules say. Who is told is marked in
/// the transaction that writes the news, so that nobody hears of a comment twice.
/// </summary>
internal sealed class MentionScan(
    NotificationChannels channels,
    NotificationBook book,
    NotificationSignals signals,
    WorkspaceChanges changes
)
{
    /// <summary>So many comments are told of in one transaction.</summary>
    private const int Chunk = 100;

    private const string NewsSql = """
        WITH told AS (
          UPDATE comment_mentions SET told_at = ac_now() WHERE told_at IS NULL AND comment_id IN (
            SELECT DISTINCT comment_id FROM comment_mentions WHERE told_at IS NULL ORDER BY comment_id LIMIT $1)
          RETURNING comment_id, person_id)
        SELECT c.id, c.workspace, c.author_name, c.body, c.at, c.anchor_kind, c.anchor, j.id, j.short_id, j.name, j.agent, j.tags, j.notify, o.email,
               array_agg(p.id ORDER BY p.display_name, p.id), array_agg(p.display_name ORDER BY p.display_name, p.id),
               coalesce(array_agg(p.email) FILTER (WHERE p.email IS NOT NULL), '{}')
          FROM told t JOIN workspace_comments c ON c.id = t.comment_id JOIN users p ON p.id = t.person_id
          LEFT JOIN jobs j ON j.id = c.job_id LEFT JOIN users o ON o.id = j.submitter
         WHERE p.disabled_at IS NULL AND EXISTS (
               SELECT 1 FROM grants g WHERE g.principal_kind = 'person' AND g.principal_id = p.id AND g.role <> 'display' AND g.workspace IN (c.workspace, '*'))
         GROUP BY c.id, j.id, o.id ORDER BY c.at, c.id
        """;

    public IDisposable OnNews(Action heard)
    {
        void Heard(object? sender, EventArgs e) => heard();
        changes.NamesSaid += Heard;
        return new Unwatch(() => changes.NamesSaid -= Heard);
    }

    /// <summary>Looks once; another process that looks at the same time leaves it to this one. True where more may wait.</summary>
    public async Task<bool> LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Nearly always nobody is named: no transaction and no lock for that.
        if (
            !await Sql.ScalarAsync<bool>(
                connection,
                "SELECT EXISTS (SELECT 1 FROM comment_mentions WHERE told_at IS NULL)"
            )
        )
            return false;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await Sql.ScalarAsync<bool?>(connection, "SELECT one FROM notification_cursor FOR UPDATE SKIP LOCKED")
            is not true
        )
            return false;
        var news = await NewsAsync(connection, cancellationToken);
        if (news.Count > 0)
        {
            var open = await book.OpenAsync(connection, cancellationToken);
            foreach (var one in news)
                await WriteAsync(connection, open, one, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        if (news.Count > 0)
            signals.Changed();
        return news.Count == Chunk;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        OpenBook open,
        MentionNews news,
        CancellationToken cancellationToken
    )
    {
        foreach (var person in news.People)
            await NotificationStore.InsertAsync(
                connection,
                NotificationStore.InApp,
                news.For(person, channels.PublicUrl),
                (news.JobId, news.Workspace),
                null,
                cancellationToken,
                person
            );
        var own = JobNotify.Read(news.Notify);
        foreach (var channel in open.Channels)
        {
            var rules = open.Rules.Where(r => r.Channel == channel.Name && r.When.Takes(news.Subject)).ToList();
            var usual =
                channel.Rule.Takes(news.Subject)
                || (own?.Channels.Contains(channel.Name) == true && own.On.Contains(NotificationKind.Mentioned));
            if (usual || rules.Count > 0)
                await TellAsync(connection, news, (channel, usual), rules, cancellationToken);
        }
    }

    private async Task TellAsync(
        NpgsqlConnection connection,
        MentionNews news,
        (ChannelSettings Channel, bool Usual) by,
        List<KeptRule> rules,
        CancellationToken cancellationToken
    )
    {
        var (channel, usual) = by;
        var atOnce = rules.Where(r => r.Digest is null).ToList();
        string[] to = [.. usual ? channel.To : [], .. atOnce.SelectMany(r => r.Tell)];
        var message = await MessageAsync(connection, news, channel, to);
        var told = message.To;
        if (usual || atOnce.Count > 0)
        {
            message = await NotificationDigests.DivertAsync(connection, channel.Name, message, news.At);
            if (channel.Type != ChannelReader.Email || message.To.Count > 0)
                await NotificationStore.InsertAsync(
                    connection,
                    channel.Name,
                    message,
                    (news.JobId, news.Workspace),
                    channel.Quiet?.NotBefore(news.At, null) ?? news.At,
                    cancellationToken
                );
            if (channel.Type != ChannelReader.Email)
                return;
        }
        foreach (var rule in rules.Where(r => r.Digest is not null))
        {
            message = await MessageAsync(connection, news, channel, rule.Tell);
            message = message with { To = [.. message.To.Except(told, StringComparer.OrdinalIgnoreCase)] };
            told = [.. told, .. message.To];
            message = await NotificationDigests.DivertAsync(connection, channel.Name, message, news.At);
            if (channel.Type != ChannelReader.Email || message.To.Count > 0)
                await NotificationDigests.CollectAsync(
                    connection,
                    $"rule:{rule.Id}",
                    channel.Name,
                    message,
                    (rule.Digest!, news.At)
                );
            if (channel.Type != ChannelReader.Email)
                return;
        }
    }

    private async Task<NotificationMessage> MessageAsync(
        NpgsqlConnection connection,
        MentionNews news,
        ChannelSettings channel,
        IReadOnlyCollection<string> to
    ) =>
        news.For(
            channel.Name,
            channels.PublicUrl,
            to,
            to.Contains("members") ? await NotificationStore.MembersAsync(connection, news.Workspace) : []
        );

    private static async Task<List<MentionNews>> NewsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, NewsSql, Chunk);
        var news = new List<MentionNews>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync(cancellationToken))
            news.Add(
                new MentionNews
                {
                    Comment = row.GetGuid(0),
                    Workspace = row.GetString(1),
                    By = row.GetString(2),
                    Body = row.GetString(3),
                    At = row.GetFieldValue<DateTimeOffset>(4),
                    Anchor = Text(6) is { } anchor ? new CommentAnchor(row.GetString(5), anchor) : null,
                    JobId = await row.IsDBNullAsync(7, cancellationToken) ? null : row.GetGuid(7),
                    ShortId = Text(8),
                    Job = Text(9),
                    Agent = Text(10),
                    Tags = await row.IsDBNullAsync(11, cancellationToken) ? [] : row.GetFieldValue<string[]>(11),
                    Notify = Text(12),
                    Owner = Text(13),
                    People = row.GetFieldValue<Guid[]>(14),
                    Names = row.GetFieldValue<string[]>(15),
                    Addresses = row.GetFieldValue<string[]>(16),
                }
            );
        return news;
    }

    private sealed class Unwatch(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
