using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Workspaces;

/// <summary>One line of a workspace's feed: <c>file.written</c>, <c>file.deleted</c>, <c>comment.added</c>, <c>job.started</c>, <c>job.succeeded</c>, … The id is made by the caller.</summary>
public sealed record Activity(Guid Id, string Workspace, string Kind, Author By)
{
    public Guid? JobId { get; init; }
    public string? Path { get; init; }
    public int? Version { get; init; }

    /// <summary>What else a reader should know; empty where kind and path say all.</summary>
    public string Text { get; init; } = "";

    /// <summary>Set by the database.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>The feed of a workspace: lines are added, never changed, read newest first.</summary>
public sealed class WorkspaceFeed(
    NpgsqlDataSource database,
    IDbContextFactory<ControlDbContext> contexts,
    WorkspaceChanges changes
)
{
    private const string AppendSql = """
        INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, path, version, text, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ac_now()) ON CONFLICT (id) DO NOTHING
        """;

    /// <summary>True where the line is new, false where this id stands already.</summary>
    public async Task<bool> AppendAsync(Activity activity, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var added = await AppendAsync(connection, activity, cancellationToken);
        if (added)
            changes.Publish(activity.Workspace);
        return added;
    }

    /// <summary>On the caller's connection and inside its transaction; the caller publishes after its commit.</summary>
    public static async Task<bool> AppendAsync(
        NpgsqlConnection connection,
        Activity activity,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(AppendSql, connection);
        command.Parameters.Add(new() { Value = activity.Id });
        command.Parameters.Add(new() { Value = activity.Workspace });
        command.Parameters.Add(new() { Value = activity.Kind });
        command.Parameters.Add(new() { Value = activity.By.Kind });
        command.Parameters.Add(new() { Value = PlainText.Clean(activity.By.Name, 200) });
        command.Parameters.Add(
            new() { Value = (object?)activity.JobId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid }
        );
        command.Parameters.Add(
            new() { Value = (object?)activity.Path ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
        );
        command.Parameters.Add(
            new() { Value = (object?)activity.Version ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer }
        );
        command.Parameters.Add(new() { Value = PlainText.Clean(activity.Text, 2000) });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>A page, newest first.</summary>
    public async Task<Page<Activity>> ReadAsync(
        string workspace,
        Guid? jobId,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<WorkspaceActivityRow>().AsNoTracking().Where(r => r.Workspace == workspace);
        if (jobId is { } job)
            rows = rows.Where(r => r.JobId == job);
        if (WorkspaceCursor.Instant(cursor) is { } from)
            rows = rows.Where(r =>
                EF.Functions.LessThan(ValueTuple.Create(r.At, r.Id), ValueTuple.Create(from.At, from.Id))
            );
        var items = await rows.OrderByDescending(r => r.At)
            .ThenByDescending(r => r.Id)
            .Take(limit + 1)
            .Select(r => new Activity(r.Id, r.Workspace, r.Kind, new Author(r.AuthorKind, r.AuthorName))
            {
                JobId = r.JobId,
                Path = r.Path,
                Version = r.Version,
                Text = r.Text,
                At = r.At,
            })
            .ToListAsync(cancellationToken);
        return Page<Activity>.Of(items, limit, last => WorkspaceCursor.Of(last.At, last.Id));
    }
}
