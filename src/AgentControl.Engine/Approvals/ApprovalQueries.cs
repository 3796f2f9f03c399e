using AgentControl.Core.Events;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Approvals;

/// <summary>Which approvals are wanted.</summary>
public sealed record ApprovalFilter
{
    /// <summary>pending and the others of <see cref="ApprovalRow.State"/>; <c>decided</c> means every one that is not pending.</summary>
    public string? State { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>Words inside the title, the job's name or the agent, upper and lower case alike.</summary>
    public string? Text { get; init; }

    /// <summary>Names and groups of whoever asks: only what they may decide. Null: all.</summary>
    public IReadOnlyCollection<string>? AssignedTo { get; init; }

    /// <summary>Leaves out what this person started, where whoever started it may not decide.</summary>
    public Guid? NotStartedBy { get; init; }

    /// <summary>Leaves out what this voter has decided already.</summary>
    public string? NotVotedBy { get; init; }

    /// <summary>Leaves out what this voter wants to be reminded of later.</summary>
    public string? NotSnoozedBy { get; init; }

    /// <summary>The workspaces that the caller may look into; null means all of them.</summary>
    public IReadOnlyCollection<string>? Visible { get; init; }
}

/// <summary>Reads what waits for people, and what they decided.</summary>
public sealed class ApprovalQueries(IDbContextFactory<ControlDbContext> contexts)
{
    public const string Decided = "decided";

    private static readonly string[] _signs =
    [
        EventTypes.JobStarted,
        EventTypes.JobSucceeded,
        EventTypes.JobFailed,
        EventTypes.JobCancelled,
        EventTypes.StepStarted,
        EventTypes.StepCompleted,
    ];

    public static readonly IReadOnlyList<string> States =
    [
        "pending",
        "approved",
        "rejected",
        "responded",
        "edited",
        "chosen",
        "expired",
        "cancelled",
    ];

    /// <summary>Newest first.</summary>
    public async Task<Page<ApprovalView>> ListAsync(
        ApprovalFilter filter,
        string? cursor = null,
        int limit = PageLimit.Default,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = Matching(db, filter);
        if (Place(cursor) is var (at, id))
            rows = rows.Where(a => a.RequestedAt < at || (a.RequestedAt == at && a.Id.CompareTo(id) < 0));
        var newest = rows.OrderByDescending(a => a.RequestedAt).ThenByDescending(a => a.Id).Take(limit + 1);
        var views = await ReadAsync(db, newest, cancellationToken);
        return Page<ApprovalView>.Of(views, limit, a => Cursor.Of(a.RequestedAt.UtcTicks, a.Id.ToString()));
    }

    /// <summary>Whether the text is a cursor that <see cref="ListAsync"/> gave out.</summary>
    public static bool IsCursor(string cursor) => Place(cursor) is not null;

    /// <summary>What waits, the nearest deadline first, then the oldest: the inbox.</summary>
    public async Task<IReadOnlyList<ApprovalView>> InboxAsync(
        ApprovalFilter filter,
        int limit = PageLimit.Max,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = Matching(db, filter with { State = "pending" })
            .OrderBy(a => a.Deadline == null)
            .ThenBy(a => a.Deadline)
            .ThenBy(a => a.RequestedAt)
            .ThenBy(a => a.Id)
            .Take(limit);
        return await ReadAsync(db, rows, cancellationToken);
    }

    /// <summary>Until when this voter does not want to be asked; null where they do.</summary>
    public async Task<DateTimeOffset?> SnoozedUntilAsync(
        Guid id,
        string voter,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Set<ApprovalSnoozeRow>()
            .Where(s => s.ApprovalId == id && s.Voter == voter)
            .Select(s => (DateTimeOffset?)s.Until)
            .SingleOrDefaultAsync(cancellationToken);
    }

    public async Task<int> CountAsync(ApprovalFilter filter, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Matching(db, filter).CountAsync(cancellationToken);
    }

    public async Task<ApprovalView?> FindAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = db.Set<ApprovalRow>().AsNoTracking().Where(a => a.Id == id);
        var view = (await ReadAsync(db, rows, cancellationToken)).SingleOrDefault();
        return view?.DecidedAt is { } decided
            ? view with
            {
                ResumedAt = await ResumedAsync(db, view.JobId, decided, cancellationToken),
            }
            : view;
    }

    /// <summary>The first sign of the job's work, or of its end, behind a decision.</summary>
    private static async Task<DateTimeOffset?> ResumedAsync(
        ControlDbContext db,
        Guid job,
        DateTimeOffset decided,
        CancellationToken cancellationToken
    ) =>
        await db.Set<EventRow>()
            .AsNoTracking()
            .Where(e => e.JobId == job && e.At >= decided && _signs.Contains(e.Type))
            .OrderBy(e => e.No)
            .Select(e => (DateTimeOffset?)e.At)
            .FirstOrDefaultAsync(cancellationToken);

    private static (DateTimeOffset At, Guid Id)? Place(string? cursor) =>
        Cursor.ReadPlace(cursor) is var (ticks, key)
        && ticks < DateTime.MaxValue.Ticks
        && Guid.TryParse(key, out var id)
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : null;

    private static IQueryable<ApprovalRow> Matching(ControlDbContext db, ApprovalFilter filter)
    {
        var rows = db.Set<ApprovalRow>().AsNoTracking();
        if (filter.State == Decided)
            rows = rows.Where(a => a.State != "pending");
        else if (filter.State is { } state)
            rows = rows.Where(a => a.State == state);
        if (filter.JobId is { } job)
            rows = rows.Where(a => a.JobId == job);
        if (filter.Text is { Length: > 0 } text)
        {
            var pattern = "%" + EventQueries.Literal(text) + "%";
            rows = rows.Where(a =>
                EF.Functions.ILike(a.Title, pattern, "\\")
                || EF.Functions.ILike(a.Agent, pattern, "\\")
                || db.Set<JobRow>().Any(j => j.Id == a.JobId && EF.Functions.ILike(j.Name, pattern, "\\"))
            );
        }
        if (filter.Visible is { } visible)
            rows = rows.Where(a => visible.Contains(a.Workspace));
        if (filter.AssignedTo is { } names)
            rows = Naming(rows, [.. names.Select(n => n.ToLowerInvariant())]);
        if (filter.NotStartedBy is { } person)
            rows = rows.Where(a => !(a.NotStarter || a.Required > 1) || a.Starter != person);
        if (filter.NotVotedBy is { } voter)
            rows = rows.Where(a =>
                !db.Set<ApprovalVoteRow>()
                    .Any(v => v.ApprovalId == a.Id && v.Voter == voter && v.Revision == a.Revision)
            );
        if (filter.NotSnoozedBy is { } snoozer)
            rows = rows.Where(a => !db.Set<ApprovalSnoozeRow>().Any(s => s.ApprovalId == a.Id && s.Voter == snoozer));
        return rows;
    }

#pragma warning disable CA1304, CA1311, MA0011, RCS1155 // translated to lower() in SQL
    private static IQueryable<ApprovalRow> Naming(IQueryable<ApprovalRow> rows, string[] lower) =>
        rows.Where(a => a.Approvers.Length == 0 || a.Approvers.Any(n => lower.Contains(n.ToLower())));
#pragma warning restore CA1304, CA1311, MA0011, RCS1155

    private static async Task<List<ApprovalView>> ReadAsync(
        ControlDbContext db,
        IQueryable<ApprovalRow> rows,
        CancellationToken cancellationToken
    )
    {
        var found = await rows.Select(a => new
            {
                Approval = a,
                Job = db.Set<JobRow>()
                    .Where(j => j.Id == a.JobId)
                    .Select(j => new ApprovalJob(j.ShortId, j.Name, j.Agent, j.SubmittedBy))
                    .Single(),
            })
            .ToListAsync(cancellationToken);
        var ids = found.Select(f => f.Approval.Id).ToList();
        var votes = await db.Set<ApprovalVoteRow>()
            .AsNoTracking()
            .Where(v => ids.Contains(v.ApprovalId))
            .ToListAsync(cancellationToken);
        var byApproval = votes.ToLookup(v => v.ApprovalId);
        return [.. found.Select(f => ApprovalView.Of(f.Approval, f.Job, byApproval[f.Approval.Id]))];
    }
}
