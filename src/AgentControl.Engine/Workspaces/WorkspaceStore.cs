using System.Diagnostics.CodeAnalysis;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>A workspace as lists show it.</summary>
public sealed record WorkspaceInfo(string Name, DateTimeOffset CreatedAt, string CreatedBy, long Files, long Bytes);

/// <summary>The workspaces themselves; <c>default</c> always exists.</summary>
[SuppressMessage(
    "Globalization",
    "CA1309",
    Justification = "Becomes SQL, where the column's collation C compares bytes."
)]
public sealed class WorkspaceStore(NpgsqlDataSource database, IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>Workspaces by name: all, or only those of the given names.</summary>
    public async Task<Page<WorkspaceInfo>> ListAsync(
        IReadOnlyCollection<string>? only,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var after = WorkspaceCursor.Path(cursor) ?? "";
        var files = context.Set<WorkspaceFileRow>().Where(f => f.DeletedAt == null);
        var rows = context.Set<WorkspaceRow>().AsNoTracking();
        if (only is not null)
            rows = rows.Where(w => only.Contains(w.Name));
        var items = await rows.Where(w => string.Compare(w.Name, after) > 0)
            .OrderBy(w => w.Name)
            .Take(limit + 1)
            .Select(w => new WorkspaceInfo(
                w.Name,
                w.CreatedAt,
                w.CreatedBy,
                files.LongCount(f => f.Workspace == w.Name),
                files.Where(f => f.Workspace == w.Name).Sum(f => f.Size)
            ))
            .ToListAsync(cancellationToken);
        return Page<WorkspaceInfo>.Of(items, limit, last => WorkspaceCursor.Of(last.Name));
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken)
    {
        if (!WorkspaceName.IsValid(name))
            return false;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Set<WorkspaceRow>().AnyAsync(w => w.Name == name, cancellationToken);
    }

    /// <summary>True where it is new.</summary>
    public async Task<bool> CreateAsync(string name, Author by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (!WorkspaceName.IsValid(name))
            throw new ArgumentException(
                "A workspace's name has lower-case letters, digits and dashes, at most 63.",
                nameof(name)
            );
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var made = await Sql.ExecuteAsync(
            connection,
            "INSERT INTO workspaces (name, created_by, created_at) VALUES ($1, $2, ac_now()) ON CONFLICT DO NOTHING",
            name,
            PlainText.Clean(by.Name, 200)
        );
        if (made == 0)
            return false;
        if (by.Actor is { } actor)
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new(actor, "workspace.created", $"workspace:{name}") { TargetName = name },
                cancellationToken
            );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
