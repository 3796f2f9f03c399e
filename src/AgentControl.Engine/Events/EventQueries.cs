using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Events;

/// <summary>Which lines of a log are wanted.</summary>
/// <param name="Types">Any of these; empty means all. <c>step.*</c> means every type that begins so.</param>
/// <param name="Levels">Any of these; empty means all.</param>
/// <param name="Text">Somewhere in the message, upper and lower case alike.</param>
public sealed record EventFilter(
    IReadOnlyList<string>? Types = null,
    IReadOnlyList<string>? Levels = null,
    string? Text = null
)
{
    public static readonly EventFilter All = new();

    /// <summary>The same conditions on an event in memory.</summary>
    public bool Matches(EventView line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return (Levels is not { Count: > 0 } || Levels.Contains(line.Level))
            && (Types is not { Count: > 0 } || Types.Any(t => IsType(t, line.Type)))
            && (string.IsNullOrEmpty(Text) || line.Message.Contains(Text, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsType(string wanted, string type) =>
        wanted.EndsWith(".*", StringComparison.Ordinal)
            ? type.StartsWith(wanted[..^1], StringComparison.Ordinal)
            : wanted == type;
}

/// <summary>Reads a job's log by number.</summary>
public sealed class EventQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>The events behind a number, oldest first.</summary>
    public async Task<IReadOnlyList<EventView>> AfterAsync(
        Guid jobId,
        long after,
        int limit,
        EventFilter? filter = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Lines(db, jobId, filter)
            .Where(e => e.No > after)
            .OrderBy(e => e.No)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(EventView.Of)];
    }

    /// <summary>The newest events before a number (or of all), oldest of them first.</summary>
    public async Task<IReadOnlyList<EventView>> BeforeAsync(
        Guid jobId,
        long? before,
        int limit,
        EventFilter? filter = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Lines(db, jobId, filter)
            .Where(e => before == null || e.No < before)
            .OrderByDescending(e => e.No)
            .Take(limit)
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return [.. rows.Select(EventView.Of)];
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadNumber(cursor) is not null;

    /// <summary>One page, oldest first; the cursor is a number in disguise.</summary>
    public async Task<Page<EventView>> ListAsync(
        Guid jobId,
        long after = 0,
        string? cursor = null,
        int limit = PageLimit.Default,
        EventFilter? filter = null,
        CancellationToken cancellationToken = default
    )
    {
        var from = Math.Max(after, Cursor.ReadNumber(cursor) ?? 0);
        var lines = await AfterAsync(jobId, from, limit + 1, filter, cancellationToken);
        return Page<EventView>.Of([.. lines], limit, e => Cursor.Of(e.No));
    }

    private static IQueryable<EventRow> Lines(ControlDbContext db, Guid jobId, EventFilter? filter)
    {
        var lines = db.Set<EventRow>().AsNoTracking().Where(e => e.JobId == jobId);
        if (filter?.Levels is { Count: > 0 } levels)
            lines = lines.Where(e => levels.Contains(e.Level));
        if (filter?.Types is { Count: > 0 } types)
        {
            var exact = types.Where(t => !t.EndsWith(".*", StringComparison.Ordinal)).ToList();
            var families = types.Except(exact, StringComparer.Ordinal).Select(t => t[..^1] + "%").ToList();
            lines = lines.Where(e => exact.Contains(e.Type) || families.Any(f => EF.Functions.Like(e.Type, f)));
        }
        if (filter?.Text is { Length: > 0 } text)
            lines = lines.Where(e => EF.Functions.ILike(e.Message, "%" + Literal(text) + "%", "\\"));
        return lines;
    }

    /// <summary>For a pattern of LIKE whose escape is a backslash.</summary>
    internal static string Literal(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
