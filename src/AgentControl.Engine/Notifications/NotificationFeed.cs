using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>One line of the feed inside the program.</summary>
/// <param name="Kind">A word of <see cref="Core.Notifications.NotificationKind"/>.</param>
/// <param name="Link">The page that it opens, within the program.</param>
/// <param name="At">When it was shown, in UTC.</param>
/// <param name="Read">Whether the person who looks has read it. What was told before they came counts as read.</param>
public sealed record FeedItem(
    Guid Id,
    string Kind,
    string Title,
    string Text,
    string Link,
    Guid? JobId,
    string Workspace,
    DateTimeOffset At,
    bool Read
);

/// <summary>The feed inside the program: what was told of the workspaces that somebody may look into, and what of it they have read.</summary>
public sealed class NotificationFeed
{
    /// <summary>Unread news are counted up to here: a bell says "99+".</summary>
    public const int MostCounted = 100;

    /// <summary>Among so many of the newest: a bell must not read a month.</summary>
    private const int Newest = 1_000;

    private readonly IDbContextFactory<ControlDbContext> contexts;
    private readonly NpgsqlDataSource database;
    private readonly NotificationSignals signals;

    internal NotificationFeed(
        IDbContextFactory<ControlDbContext> contexts,
        NpgsqlDataSource database,
        NotificationSignals signals
    ) => (this.contexts, this.database, this.signals) = (contexts, database, signals);

    public static bool IsCursor(string cursor) => Cursor.ReadNumber(cursor) is not null;

    /// <summary>Newest first.</summary>
    /// <param name="kind">Only these; null for all.</param>
    /// <param name="unread">Only what the person has not read.</param>
    public async Task<Page<FeedItem>> ListAsync(
        Caller caller,
        string? kind,
        bool unread,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = Lines(db, caller);
        if (kind is not null)
            rows = rows.Where(l => l.Row.Kind == kind);
        if (unread)
            rows = rows.Where(l => !l.Read);
        if (Cursor.ReadNumber(cursor) is { } before)
            rows = rows.Where(l => l.Row.Seq < before);
        var read = await rows.OrderByDescending(l => l.Row.Seq).Take(limit + 1).ToListAsync(cancellationToken);
        var page = Page<Line>.Of(read, limit, l => Cursor.Of(l.Row.Seq));
        return new([.. page.Items.Select(Item)], page.NextCursor);
    }

    /// <summary>How many of the newest the person has not read, up to <see cref="MostCounted"/>.</summary>
    public async Task<int> UnreadAsync(Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.PersonId is null)
            return 0;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Lines(db, caller)
            .OrderByDescending(l => l.Row.Seq)
            .Take(Newest)
            .Where(l => !l.Read)
            .Take(MostCounted)
            .CountAsync(cancellationToken);
    }

    /// <summary>Marks one as read by the person behind the caller.</summary>
    /// <returns>False where there is none that the caller may see.</returns>
    public async Task<bool> MarkAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var found = await Sql.ScalarAsync<long>(
            connection,
            """
            WITH seen AS (SELECT id FROM notifications WHERE id = $1 AND channel = 'inApp' AND state = 'sent' AND ($2 OR workspace = ANY($3))
                            AND (person_id IS NULL OR person_id = $4)),
            marked AS (INSERT INTO notification_reads (person_id, notification_id) SELECT u.id, s.id FROM seen s JOIN users u ON u.id = $4 ON CONFLICT DO NOTHING)
            SELECT count(*) FROM seen
            """,
            id,
            caller.Workspaces is null,
            caller.Workspaces?.ToArray() ?? [],
            caller.PersonId ?? Guid.Empty
        );
        if (found > 0)
            signals.Changed();
        return found > 0;
    }

    /// <summary>Marks everything as read that the caller may see.</summary>
    /// <param name="upTo">The newest that they have seen; what came later stays unread. Null for everything.</param>
    /// <returns>How many were unread.</returns>
    public async Task<int> MarkAllAsync(Guid? upTo, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var marked = await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO notification_reads (person_id, notification_id)
            SELECT u.id, n.id FROM notifications n JOIN users u ON u.id = $1
             WHERE n.channel = 'inApp' AND n.state = 'sent' AND ($2 OR n.workspace = ANY($3)) AND n.sent_at >= u.created_at
               AND (n.person_id IS NULL OR n.person_id = u.id)
               AND ($4 = '00000000-0000-0000-0000-000000000000' OR n.seq <= (SELECT seq FROM notifications WHERE id = $4))
            ON CONFLICT DO NOTHING
            """,
            caller.PersonId ?? Guid.Empty,
            caller.Workspaces is null,
            caller.Workspaces?.ToArray() ?? [],
            upTo ?? Guid.Empty
        );
        if (marked > 0)
            signals.Changed();
        return marked;
    }

    private static IQueryable<Line> Lines(ControlDbContext db, Caller caller)
    {
        var (visible, person) = (caller.Workspaces, caller.PersonId);
        var marks = db.Set<NotificationReadRow>();
        return db.Set<NotificationRow>()
            .AsNoTracking()
            .Where(n =>
                n.Channel == NotificationStore.InApp
                && n.State == "sent"
                && (visible == null || visible.Contains(n.Workspace))
                && (n.PersonId == null || n.PersonId == person)
            )
            .Select(n => new Line
            {
                Row = n,
                Read =
                    person == null
                    || marks.Any(m => m.PersonId == person && m.NotificationId == n.Id)
                    || db.Users.Any(p => p.Id == person && p.CreatedAt > n.SentAt),
            });
    }

    private static FeedItem Item(Line line)
    {
        var message = JsonSerializer.Deserialize<NotificationMessage>(line.Row.Message, JournalJson.Options)!;
        return new(
            line.Row.Id,
            line.Row.Kind,
            message.Title,
            message.Text,
            Within(message.Link),
            line.Row.JobId,
            line.Row.Workspace,
            line.Row.SentAt ?? line.Row.CreatedAt,
            line.Read
        );
    }

    private static string Within(string link)
    {
        var address = new Uri(link);
        return address.PathAndQuery + address.Fragment;
    }

    private sealed class Line
    {
        public required NotificationRow Row { get; init; }
        public required bool Read { get; init; }
    }
}
