using System.Text;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Steps;

/// <summary>One entry of a journal as it is read.</summary>
public sealed record StepView
{
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string Kind { get; init; }

    /// <summary>running, completed, failed or superseded.</summary>
    public required string State { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public string? Service { get; init; }
    public RawJson? Usage { get; init; }

    /// <summary>The recorded value; where it was cut, its beginning as text.</summary>
    public RawJson? Result { get; init; }

    /// <summary>The whole size of the result.</summary>
    public long ResultBytes { get; init; }
    public bool ResultCut { get; init; }
    public JobFailure? Error { get; init; }

    /// <summary>Grows with each retry by a person.</summary>
    public int Generation { get; init; }

    /// <summary>The number of the event that recorded it; null while it runs.</summary>
    public long? No { get; init; }
}

/// <summary>Reads a job's journal.</summary>
public sealed class StepQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>Larger results are cut unless the whole is asked for.</summary>
    public const int CutAt = 64 * 1024;

    /// <summary>In the order they were recorded; steps that run now come last.</summary>
    /// <param name="full">Results are never cut.</param>
    public async Task<Page<StepView>> ListAsync(
        Guid jobId,
        string? cursor = null,
        int limit = PageLimit.Default,
        bool full = false,
        CancellationToken cancellationToken = default
    )
    {
        var (after, afterKey) = Cursor.ReadPlace(cursor) ?? (0, "");
        var cut = full ? int.MaxValue : CutAt;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var lines = await db
            .Database.SqlQuery<StepLine>(
                $"""
                SELECT key AS "Key", name AS "Name", kind AS "Kind", state AS "State", attempt AS "Attempt",
                       started_at AS "StartedAt", completed_at AS "CompletedAt", service AS "Service", usage AS "Usage",
                       substring(result FOR {cut}) AS "Result", octet_length(result) AS "Bytes", error AS "Error",
                       generation AS "Generation", no AS "No"
                FROM steps WHERE job_id = {jobId} AND (COALESCE(no, {Running}), key) > ({after}, {afterKey})
                ORDER BY COALESCE(no, {Running}), key LIMIT {limit + 1}
                """
            )
            .ToListAsync(cancellationToken);
        return Page<StepLine>.Of(lines, limit, l => Place(l.No, l.Key)).Select(View);
    }

    /// <summary>The cursor behind this step.</summary>
    public static string CursorOf(StepView step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Place(step.No, step.Key);
    }

    private static string Place(long? no, string key) => Cursor.Of(no ?? Running, key);

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadPlace(cursor) is not null;

    /// <summary>One step with its whole result: the newest generation of its key.</summary>
    public async Task<StepView?> FindAsync(Guid jobId, string key, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<StepRow>()
            .AsNoTracking()
            .Where(s => s.JobId == jobId && s.Key == key)
            .OrderByDescending(s => s.Generation)
            .FirstOrDefaultAsync(cancellationToken);
        return row is null
            ? null
            : View(
                new StepLine(
                    row.Key,
                    row.Name,
                    row.Kind,
                    row.State,
                    row.Attempt,
                    row.StartedAt,
                    row.CompletedAt,
                    row.Service,
                    row.Usage,
                    row.Result,
                    row.Result?.Length,
                    row.Error,
                    row.Generation,
                    row.No
                )
            );
    }

    /// <summary>Behind every recorded step.</summary>
    private const long Running = long.MaxValue;

    private static StepView View(StepLine line)
    {
        var cut = line.Bytes > line.Result?.Length;
        return new StepView
        {
            Key = line.Key,
            Name = line.Name,
            Kind = line.Kind,
            State = line.State,
            Attempts = line.Attempt,
            StartedAt = line.StartedAt,
            CompletedAt = line.CompletedAt,
            Service = line.Service,
            Usage = RawJson.Of(line.Usage),
            Result = cut ? Beginning(line.Result!) : RawJson.Of(line.Result),
            ResultBytes = line.Bytes ?? 0,
            ResultCut = cut,
            Error = JobProjection.Failure(line.Error),
            Generation = line.Generation,
            No = line.No,
        };
    }

    private static RawJson Beginning(byte[] utf8) => new(JournalJson.Serialize(Encoding.UTF8.GetString(utf8)));

    private sealed record StepLine(
        string Key,
        string Name,
        string Kind,
        string State,
        int Attempt,
        DateTimeOffset StartedAt,
        DateTimeOffset? CompletedAt,
        string? Service,
        string? Usage,
        byte[]? Result,
        int? Bytes,
        string? Error,
        int Generation,
        long? No
    );
}
