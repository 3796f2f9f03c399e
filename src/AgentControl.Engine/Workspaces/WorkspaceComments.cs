using AgentControl.Engine.Paging;
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

    /// <summary>Set by the database.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>Comments and their lines in the feed: added together, never changed, read newest first.</summary>
public sealed class WorkspaceComments(
    NpgsqlDataSource database,
    IDbContextFactory<ControlDbContext> contexts,
    WorkspaceChanges changes
)
{
    /// <summary>Longer bodies are refused at the doors and cut here.</summary>
    public const int MaxBody = 65_536;

    private const string AddSql = """
        WITH added AS (
            INSERT INTO workspace_comments (id, workspace, job_id, anchor_kind, anchor, author_kind, author_name, body, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ac_now()) ON CONFLICT (id) DO NOTHING RETURNING *),
        said AS (
            INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, path, text, at)
            SELECT id, workspace, 'comment.added', author_kind, author_name, job_id,
                   CASE WHEN anchor_kind = 'file' THEN anchor END, left(body, 200), at FROM added)
        SELECT at FROM added UNION ALL SELECT at FROM workspace_comments WHERE id = $1 LIMIT 1
        """;

    /// <summary>Adds a comment; the same id again changes nothing and answers the comment that stands.</summary>
    public async Task<Comment> AddAsync(Comment comment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var added = await AddAsync(connection, comment, cancellationToken);
        changes.Publish(comment.Workspace);
        return added;
    }

    /// <summary>On the caller's connection and inside its transaction; the caller publishes after its commit.</summary>
    public static async Task<Comment> AddAsync(
        NpgsqlConnection connection,
        Comment comment,
        CancellationToken cancellationToken
    )
    {
        var clean = comment with { Body = PlainText.Clean(comment.Body, MaxBody) };
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
        // Nothing comes back where the same id was being committed elsewhere just now: the next look sees it.
        object? at = null;
        while (at is null)
            at = await command.ExecuteScalarAsync(cancellationToken);
        return clean with { At = new DateTimeOffset((DateTime)at) };
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
                At = r.At,
            })
            .ToListAsync(cancellationToken);
        return Page<Comment>.Of(items, limit, last => WorkspaceCursor.Of(last.At, last.Id));
    }
}
