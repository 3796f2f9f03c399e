using System.Runtime.CompilerServices;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Audit;

/// <summary>What to find in the audit log.</summary>
public sealed record AuditFilter
{
    /// <summary>Who, by id: <c>person:…</c>, <c>key:…</c> or <c>system</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>Who, by a part of the name.</summary>
    public string? Who { get; init; }

    /// <summary>An action such as <c>job.paused</c>, or a subject with a dot behind it, such as <c>job.</c>, for all of its actions.</summary>
    public string? Action { get; init; }
    public string? Target { get; init; }
    public DateTimeOffset? After { get; init; }
    public DateTimeOffset? Before { get; init; }
}

/// <summary>One line of the audit log. <c>Before</c> and <c>After</c> are JSON texts.</summary>
public sealed record AuditLine(
    Guid Id,
    DateTimeOffset At,
    string Actor,
    string ActorName,
    string? From,
    string Action,
    string Target,
    string? TargetName,
    string? Before,
    string? After,
    long? Seq,
    string? Hash
);

/// <summary>Reads the audit log, newest first.</summary>
public sealed class AuditQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <param name="behind">The last line of the page before.</param>
    public async Task<IReadOnlyList<AuditLine>> ListAsync(
        AuditFilter filter,
        Guid? behind,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = Filtered(context, filter);
        if (behind is { } last)
        {
            var at = await context
                .Set<AuditRow>()
                .Where(r => r.Id == last)
                .Select(r => r.At)
                .SingleOrDefaultAsync(cancellationToken);
            rows = rows.Where(r => r.At < at || (r.At == at && r.Id < last));
        }
        return await Lines(rows).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>One line by its id; null where there is none.</summary>
    public async Task<AuditLine?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Lines(context.Set<AuditRow>().AsNoTracking().Where(r => r.Id == id))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>All lines that the filter finds, one at a time: none of them is kept.</summary>
    public async IAsyncEnumerable<AuditLine> StreamAsync(
        AuditFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await foreach (
            var line in Lines(Filtered(context, filter)).AsAsyncEnumerable().WithCancellation(cancellationToken)
        )
            yield return line;
    }

    /// <summary>The actions that the log knows, for a list to choose from.</summary>
    public async Task<IReadOnlyList<string>> ActionsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        // One look into the index for each action, however long the log.
        return await context
            .Database.SqlQuery<string>(
                $"""
                WITH RECURSIVE found AS (
                    SELECT min(action) AS action FROM audit_log
                    UNION ALL
                    SELECT (SELECT min(l.action) FROM audit_log l WHERE l.action > f.action) FROM found f WHERE f.action IS NOT NULL)
                SELECT action AS "Value" FROM found WHERE action IS NOT NULL
                """
            )
            .ToListAsync(cancellationToken);
    }

    private static IQueryable<AuditRow> Filtered(ControlDbContext context, AuditFilter filter)
    {
        var rows = context.Set<AuditRow>().AsNoTracking();
        if (filter.Actor is { } actor)
            rows = rows.Where(r => r.Actor == actor);
#pragma warning disable CA1304, CA1311, CA1862, MA0011, RCS1155 // translated to lower() in SQL
        if (filter.Who?.Trim() is [_, ..] who)
            rows = rows.Where(r => r.ActorName.ToLower().Contains(who.ToLower()));
#pragma warning restore CA1304, CA1311, CA1862, MA0011, RCS1155
        if (filter.Action is [.., '.'] subject)
            rows = rows.Where(r => r.Action.StartsWith(subject));
        else if (filter.Action is { } action)
            rows = rows.Where(r => r.Action == action);
        if (filter.Target is { } target)
            rows = rows.Where(r => r.Target == target);
        if (filter.After is { } after)
            rows = rows.Where(r => r.At >= after);
        if (filter.Before is { } before)
            rows = rows.Where(r => r.At < before);
        return rows;
    }

    private static IQueryable<AuditLine> Lines(IQueryable<AuditRow> rows) =>
        rows.OrderByDescending(r => r.At)
            .ThenByDescending(r => r.Id)
            .Select(r => new AuditLine(
                r.Id,
                r.At,
                r.Actor,
                r.ActorName,
                r.Origin,
                r.Action,
                r.Target,
                r.TargetName,
                r.Before,
                r.After,
                r.Seq,
                r.Hash == null ? null : Convert.ToHexStringLower(r.Hash)
            ));
}
