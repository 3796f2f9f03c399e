using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Audit;

/// <summary>What to find in the audit log.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }
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
    string? After
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
        var rows = context.Set<AuditRow>().AsNoTracking();
        if (filter.Actor is { } actor)
            rows = rows.Where(r => r.Actor == actor);
        if (filter.Action is { } action)
            rows = rows.Where(r => r.Action == action);
        if (filter.Target is { } target)
            rows = rows.Where(r => r.Target == target);
        if (filter.After is { } after)
            rows = rows.Where(r => r.At >= after);
        if (filter.Before is { } before)
            rows = rows.Where(r => r.At < before);
        if (behind is { } last)
        {
            var at = await context
                .Set<AuditRow>()
                .Where(r => r.Id == last)
                .Select(r => r.At)
                .SingleOrDefaultAsync(cancellationToken);
            rows = rows.Where(r => r.At < at || (r.At == at && r.Id < last));
        }
        return await rows.OrderByDescending(r => r.At)
            .ThenByDescending(r => r.Id)
            .Take(limit)
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
                r.After
            ))
            .ToListAsync(cancellationToken);
    }
}
