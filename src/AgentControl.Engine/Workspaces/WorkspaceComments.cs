using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Workspaces;

/// <summary>What a comment is about, beside its job: a file's name, a step's key or an approval's id.</summary>
public sealed record CommentAnchor(string Kind, string Id)
{
    public const string FileKind = "file";
    public const string StepKind = "step";
    public const string ApprovalKind = "approval";

    public static bool IsKind(string kind) => kind is FileKind or StepKind or ApprovalKind;
}

/// <summary>A remark in Markdown by a person or an agent. The id is made by the caller.</summary>
public sealed record Comment(Guid Id, string Workspace, Author By, string Body)
{
    public Guid? JobId { get; init; }
    public CommentAnchor? Anchor { get; init; }

    /// <summary>The people and groups that it names, first to last. Set by the database; what agents write names nobody.</summary>
    public IReadOnlyList<Mention> Mentions { get; init; } = [];

    /// <summary>Set by the database.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>Comments and their lines in the feed and in their job's log: added together, never changed, read newest first.</summary>
public sealed class WorkspaceComments(
    NpgsqlDataSource database,
    IDbContextFactory<ControlDbContext> contexts,
    WorkspaceChanges changes,
    EventFeed feed
)
{
    /// <summary>Longer bodies are refused at the doors and cut here.</summary>
    public const int MaxBody = 65_536;

    private const string AddSql = """
        WITH added AS (
            INSERT INTO workspace_comments (id, workspace, job_id, anchor_kind, anchor, author_kind, author_name, body, mentions, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ac_now()) ON CONFLICT (id) DO NOTHING RETURNING *),
        said AS (
            INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, path, text, at)
            SELECT id, workspace, 'comment.added', author_kind, author_name, job_id,
                   CASE WHEN anchor_kind = 'file' THEN anchor END, left(body, 200), at FROM added)
        SELECT at, true, mentions FROM added UNION ALL SELECT at, false, mentions FROM workspace_comments WHERE id = $1 LIMIT 1
        """;

    private const int MaxEventText = 300;

    /// <summary>Adds a comment; the same id again changes nothing and answers the comment that stands.</summary>
    public async Task<Comment> AddAsync(Comment comment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(comment);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The job's row first, as everything that writes its log does.
        var job = comment.JobId is { } id && await JobLog.LockAsync(connection, id) ? id : (Guid?)null;
        var (added, isNew) = await InsertAsync(connection, comment, cancellationToken);
        var line = job is { } named && isNew ? await JobLog.AppendAsync(connection, named, EventOf(added)) : null;
        if (isNew && comment.By.Actor is { } actor)
            await AuditLog.AppendAsync(connection, transaction, EntryOf(actor, added), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Publish(comment.Workspace);
        if (isNew && added.Mentions.Count > 0)
            changes.PublishNames();
        if (line is not null)
            feed.Publish([line]);
        return added;
    }

    /// <summary>On the caller's connection and inside its transaction, for a job that writes its log itself; the caller publishes after its commit.</summary>
    internal static async Task<Comment> AddAsync(
        NpgsqlConnection connection,
        Comment comment,
        CancellationToken cancellationToken
    ) => (await InsertAsync(connection, comment, cancellationToken)).Comment;

    /// <summary>The comment as a line of its job's log. An agent's own lines name no actor.</summary>
    internal static EventRecord EventOf(Comment comment) =>
        new(
            EventTypes.CommentAdded,
            Texts.Clean(comment.Body, MaxEventText),
            EventData.Of(new { commentId = comment.Id, anchor = comment.Anchor }),
            Actor: comment.By.Kind == Author.AgentKind ? null : PlainText.Clean(comment.By.Name, 200)
        );

    private static AuditEntry EntryOf(Actor actor, Comment comment) =>
        new(actor, "comment.added", comment.JobId is { } job ? $"job:{job}" : $"workspace:{comment.Workspace}")
        {
            After = new
            {
                comment.Id,
                comment.Workspace,
                comment.Anchor,
                Text = Texts.Clean(comment.Body, MaxEventText),
            },
        };

    private static async Task<(Comment Comment, bool IsNew)> InsertAsync(
        NpgsqlConnection connection,
        Comment comment,
        CancellationToken cancellationToken
    )
    {
        var clean = comment with { Body = PlainText.Clean(comment.Body, MaxBody) };
        // An agent asks people by approvals: what it read elsewhere must not call them one by one.
        var (mentions, people) =
            clean.By.Kind == Author.AgentKind
                ? ([], [])
                : await MentionStore.ResolveAsync(connection, clean.Workspace, clean.Body, cancellationToken);
        await using var command = new NpgsqlCommand(AddSql, connection);
        command.Parameters.Add(new() { Value = clean.Id });
        command.Parameters.Add(new() { Value = clean.Workspace });
        command.Parameters.Add(
            new() { Value = (object?)clean.JobId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }
        );
        command.Parameters.Add(
            new() { Value = (object?)clean.Anchor?.Kind ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        );
        command.Parameters.Add(
            new()
            {
                Value = clean.Anchor is { } anchor ? PlainText.Clean(anchor.Id, 1024) : DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Text,
            }
        );
        command.Parameters.Add(new() { Value = clean.By.Kind });
        command.Parameters.Add(new() { Value = PlainText.Clean(clean.By.Name, 200) });
        command.Parameters.Add(new() { Value = clean.Body });
        command.Parameters.Add(MentionStore.Parameter(mentions));
        var (at, isNew, named) = await AddedAsync(command, cancellationToken);
        if (isNew && people.Count > 0)
            await MentionStore.KeepAsync(connection, clean.Id, people, clean.By.Actor?.Person, cancellationToken);
        return (clean with { At = at, Mentions = MentionStore.Read(named) }, isNew);
    }

    private static async Task<(DateTimeOffset At, bool IsNew, string? Mentions)> AddedAsync(
        NpgsqlCommand command,
        CancellationToken cancellationToken
    )
    {
        // Nothing comes back where the same id was being committed elsewhere just now: the next look sees it.
        while (true)
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (await row.ReadAsync(cancellationToken))
                return (
                    row.GetFieldValue<DateTimeOffset>(0),
                    row.GetBoolean(1),
                    await row.IsDBNullAsync(2, cancellationToken) ? null : row.GetString(2)
                );
        }
    }

    /// <summary>Whether this job belongs to this workspace.</summary>
    public async Task<bool> HasJobAsync(string workspace, Guid jobId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT EXISTS (SELECT FROM jobs WHERE id = $1 AND workspace = $2)"
        );
        command.Parameters.Add(new() { Value = jobId });
        command.Parameters.Add(new() { Value = workspace });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>A page, newest first, of a workspace or of one job or anchor in it.</summary>
    public async Task<Page<Comment>> ReadAsync(
        string workspace,
        Guid? jobId,
        CommentAnchor? anchor,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<WorkspaceCommentRow>().AsNoTracking().Where(r => r.Workspace == workspace);
        if (jobId is { } job)
            rows = rows.Where(r => r.JobId == job);
        if (anchor is not null)
            rows = rows.Where(r => r.AnchorKind == anchor.Kind && r.Anchor == anchor.Id);
        if (WorkspaceCursor.Instant(cursor) is { } from)
            rows = rows.Where(r =>
                EF.Functions.LessThan(ValueTuple.Create(r.At, r.Id), ValueTuple.Create(from.At, from.Id))
            );
        var items = await rows.OrderByDescending(r => r.At)
            .ThenByDescending(r => r.Id)
            .Take(limit + 1)
            .Select(r => new Comment(r.Id, r.Workspace, new Author(r.AuthorKind, r.AuthorName), r.Body)
            {
                JobId = r.JobId,
                Anchor = r.Anchor == null ? null : new CommentAnchor(r.AnchorKind!, r.Anchor),
                Mentions = MentionStore.Read(r.Mentions),
                At = r.At,
            })
            .ToListAsync(cancellationToken);
        return Page<Comment>.Of(items, limit, last => WorkspaceCursor.Of(last.At, last.Id));
    }
}
