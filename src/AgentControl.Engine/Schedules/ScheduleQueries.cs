using System.Linq.Expressions;
using AgentControl.Core.Json;
using AgentControl.Core.Schedules;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Schedules;

/// <summary>Which schedules a list shows.</summary>
public sealed record ScheduleFilter
{
    public string? Agent { get; init; }
    public string? Workspace { get; init; }

    /// <summary>Only those that are paused, or only those that are not.</summary>
    public bool? Paused { get; init; }

    /// <summary>The workspaces that the caller may look into; null means all of them.</summary>
    public IReadOnlyCollection<string>? Visible { get; init; }
}

/// <summary>Reads schedules for pages and REST.</summary>
public sealed class ScheduleQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>Due times that are shown ahead.</summary>
    public const int Ahead = 5;

    /// <summary>Runs that are shown with a schedule.</summary>
    public const int Recent = 10;

    /// <summary>The columns of a list; the input stays in the table.</summary>
    private static readonly Expression<Func<ScheduleRow, ScheduleSummary>> Summary = row => new ScheduleSummary
    {
        Name = row.Name,
        Version = row.Version,
        Description = row.Description,
        Cron = row.Cron,
        TimeZone = row.TimeZone,
        Sentence = "",
        Overlap = row.Overlap,
        Missed = row.Missed,
        CatchUpSeconds = row.CatchUpSeconds,
        StartAt = row.StartAt,
        EndAt = row.EndAt,
        Workspace = row.Workspace,
        Agent = row.Agent,
        Paused = row.Paused,
        PausedBy = row.PausedBy,
        PausedAt = row.PausedAt,
        PauseReason = row.PauseReason,
        NextAt = row.NextAt,
        Owner = row.Owner,
        CreatedBy = row.CreatedBy,
        CreatedAt = row.CreatedAt,
        ChangedAt = row.ChangedAt,
    };

    private static readonly Func<ScheduleRow, ScheduleSummary> SummaryOf = Summary.Compile();

    /// <summary>By name.</summary>
    public async Task<Page<ScheduleSummary>> ListAsync(
        ScheduleFilter filter,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var schedules = db.Set<ScheduleRow>().AsNoTracking();
        if (filter.Visible is { } visible)
            schedules = schedules.Where(s => visible.Contains(s.Workspace));
        if (filter.Agent is { } agent)
            schedules = schedules.Where(s => s.Agent == agent);
        if (filter.Workspace is { } workspace)
            schedules = schedules.Where(s => s.Workspace == workspace);
        if (filter.Paused is { } paused)
            schedules = schedules.Where(s => s.Paused == paused);
        if (Cursor.ReadPlace(cursor) is var (_, behind))
            schedules = schedules.Where(s => s.Name.CompareTo(behind) > 0);
        var rows = await schedules.OrderBy(s => s.Name).Take(limit + 1).Select(Summary).ToListAsync(cancellationToken);
        var page = Page<ScheduleSummary>.Of(rows, limit, s => Cursor.Of(0, s.Name));
        var runs = await RecentAsync(db, [.. page.Items.Select(s => s.Name)], cancellationToken);
        return page.Select(s => Complete(s, runs));
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Cursor.ReadPlace(cursor) is not null;

    /// <summary>One with its input and its next due times.</summary>
    public async Task<ScheduleView?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Set<ScheduleRow>()
            .AsNoTracking()
            .SingleOrDefaultAsync(s => s.Name == name, cancellationToken);
        if (row is null)
            return null;
        var summary = Complete(SummaryOf(row), await RecentAsync(db, [name], cancellationToken));
        return new ScheduleView(summary, ScheduledJob.Read(row.Job), new RawJson(row.Input))
        {
            NextRuns = NextRuns(row),
        };
    }

    /// <summary>The history, newest first.</summary>
    public async Task<Page<ScheduleRunView>> RunsAsync(
        string name,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var runs = db.Set<ScheduleRunRow>().AsNoTracking().Where(r => r.Schedule == name);
        if (Cursor.ReadGuid(cursor) is { } behind)
            runs = runs.Where(r => r.Id.CompareTo(behind) < 0);
        var rows = await WithJobs(db, runs.OrderByDescending(r => r.Id).Take(limit + 1)).ToListAsync(cancellationToken);
        rows = [.. rows.OrderByDescending(r => r.Run.Id)];
        return Page<RunColumns>.Of(rows, limit, r => Cursor.Of(r.Run.Id)).Select(View);
    }

    /// <summary>Whether the text is a cursor that <see cref="RunsAsync"/> gave out.</summary>
    public static bool IsRunCursor(string cursor) => Cursor.ReadGuid(cursor) is not null;

    /// <summary>What a rule means, while it is typed; what is wrong goes to <paramref name="wrong"/> by field.</summary>
    public static SchedulePreview? Preview(
        string? cron,
        string? timeZone,
        DateTimeOffset? startAt,
        DateTimeOffset? endAt,
        DateTimeOffset now,
        Action<string, string> wrong
    )
    {
        ArgumentNullException.ThrowIfNull(wrong);
        if (!CronRule.TryRead(cron, timeZone, wrong, out var rule))
            return null;
        var after = startAt is { } start && start > now ? start.AddTicks(-1) : now;
        return new SchedulePreview(CronSentence.Of(cron!), rule.Next(after, Ahead, endAt));
    }

    private static async Task<ILookup<string, ScheduleRunView>> RecentAsync(
        ControlDbContext db,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        if (names.Count == 0)
            return Array.Empty<ScheduleRunView>().ToLookup(_ => "", StringComparer.Ordinal);
        var newest = db.Set<ScheduleRow>()
            .Where(s => names.Contains(s.Name))
            .SelectMany(s =>
                db.Set<ScheduleRunRow>().Where(r => r.Schedule == s.Name).OrderByDescending(r => r.Id).Take(Recent)
            );
        var rows = await WithJobs(db, newest).AsNoTracking().ToListAsync(cancellationToken);
        return rows.OrderByDescending(r => r.Run.Id).ToLookup(r => r.Run.Schedule, View, StringComparer.Ordinal);
    }

    private static IQueryable<RunColumns> WithJobs(ControlDbContext db, IQueryable<ScheduleRunRow> runs) =>
        from run in runs
        join job in db.Set<JobRow>() on run.JobId equals job.Id into jobs
        from job in jobs.DefaultIfEmpty()
        select new RunColumns(
            run,
            job == null ? null : job.ShortId,
            job == null ? null : job.Name,
            job == null ? null : job.Run.State,
            job == null ? null : job.Run.Label,
            job == null ? null : job.Run.StartedAt,
            job == null ? null : job.Run.FinishedAt
        );

    private static ScheduleSummary Complete(ScheduleSummary schedule, ILookup<string, ScheduleRunView> runs) =>
        schedule with
        {
            Sentence = CronSentence.Of(schedule.Cron),
            Runs = [.. runs[schedule.Name]],
        };

    private static ScheduleRunView View(RunColumns row) =>
        new(
            row.Run.Id,
            row.Run.DueAt,
            row.Run.At,
            row.Run.Trigger,
            row.Run.Outcome,
            row.Run.Cause,
            row.Run.Reason,
            row.Run.Times,
            row.Run.StartedBy,
            row.Run.JobId,
            row.ShortId,
            row.JobName,
            row.State,
            // The label of no row would be one too.
            row.State
                is null
                ? null
                : row.Label,
            row.StartedAt,
            row.FinishedAt
        );

    /// <summary>The next one is what the engine waits for; the others follow from the rule.</summary>
    private static IReadOnlyList<DateTimeOffset> NextRuns(ScheduleRow row) =>
        row.NextAt is { } next && CronRule.TryRead(row.Cron, row.TimeZone, (_, _) => { }, out var rule)
            ? [next, .. rule.Next(next, Ahead - 1, row.EndAt)]
            : [];

    private sealed record RunColumns(
        ScheduleRunRow Run,
        string? ShortId,
        string? JobName,
        string? State,
        string? Label,
        DateTimeOffset? StartedAt,
        DateTimeOffset? FinishedAt
    );
}
