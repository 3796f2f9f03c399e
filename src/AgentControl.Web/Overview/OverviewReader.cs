using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Jobs.List;

namespace AgentControl.Web.Overview;

/// <summary>What needs the caller, and what runs.</summary>
internal sealed record OverviewSnapshot(
    IReadOnlyList<ApprovalView> Requests,
    int RequestsInAll,
    IReadOnlyList<JobListRow> Failed,
    IReadOnlyList<JobListRow> Running,
    long RunningInAll,
    bool HasJobs
)
{
    /// <summary>Two snapshots that would be drawn alike.</summary>
    public bool LooksLike(OverviewSnapshot? other) =>
        other is not null
        && (RequestsInAll, RunningInAll, HasJobs) == (other.RequestsInAll, other.RunningInAll, other.HasJobs)
        && Requests
            .Select(r => (r.Id, r.Revision, r.State))
            .SequenceEqual(other.Requests.Select(r => (r.Id, r.Revision, r.State)))
        && Failed.SequenceEqual(other.Failed)
        && Running.SequenceEqual(other.Running);
}

/// <summary>Reads the overview for whoever looks at it.</summary>
internal sealed class OverviewReader(
    JobQueries jobs,
    JobCounts counts,
    ApprovalQueries approvals,
    ICallerAccessor callers
)
{
    private const int MostRequests = 5;
    private const int MostFailed = 3;
    private const int MostRunning = 8;
    private static readonly string[] Moving = ["running", "retrying", "recovering", "pausing", "cancelling"];
    private static readonly TimeSpan Recently = TimeSpan.FromDays(1);

    public async Task<OverviewSnapshot> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        var visible = new JobFilter { Visible = caller is null ? [] : caller.Workspaces };
        var mine = caller is null ? new() { Visible = [] } : ApprovalAccess.WaitingFor(caller);
        var requests = await approvals.InboxAsync(mine, MostRequests, cancellationToken);
        var failed = await jobs.ListAsync(
            visible with
            {
                Labels = ["failed", "timed_out"],
                Owner = caller?.Actor.Name,
                SubmittedAfter = now - Recently,
            },
            limit: MostFailed,
            cancellationToken: cancellationToken
        );
        var running = await jobs.OldestAsync(visible with { Labels = Moving }, MostRunning, cancellationToken);
        var labels = await counts.CountAsync(visible, cancellationToken);
        return new(
            requests,
            requests.Count < MostRequests ? requests.Count : await approvals.CountAsync(mine, cancellationToken),
            [.. failed.Items.Select(JobListRow.Of)],
            [.. running.Select(JobListRow.Of)],
            Moving.Sum(l => labels.ByLabel[l]),
            labels.Total > 0
        );
    }
}
