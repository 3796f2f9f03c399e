using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;

namespace AgentControl.Web.Live;

/// <summary>Turns events into the hub's messages: the event itself, the job as it is now, the approval, the anomaly.</summary>
internal sealed class LiveContents(
    JobQueries jobs,
    ApprovalQueries approvals,
    LiveMessages messages,
    TimeProvider time,
    ILogger<LiveContents> logger
)
{
    private const int MaxWorkspaces = 100_000;
    private const int MaxSummaries = 500;

    /// <summary>A job that only makes steps is shown anew this often; one that changes its state, at once.</summary>
    private static readonly TimeSpan StepsEvery = TimeSpan.FromSeconds(1);

    private static readonly string[] _approvalEnds = [EventTypes.ApprovalDecided, EventTypes.ApprovalExpired];
    private readonly ConcurrentDictionary<Guid, string> workspaces = new();
    private readonly HashSet<Guid> changed = [];
    private readonly HashSet<Guid> stepped = [];
    private long steppedSent;

    public async Task FillAsync(LiveWindow window, List<LiveEvent> events, CancellationToken cancellationToken)
    {
        messages.AddTo(window);
        events.RemoveAll(e => !window.Watches(e.JobId));
        if (window.NeedsWorkspaces)
            await LearnWorkspacesAsync(events, cancellationToken);
        foreach (var one in events)
        {
            var workspace = workspaces.GetValueOrDefault(one.JobId);
            var view = EventView.Of(one);
            window.Add("jobEvent", view, one.JobId, workspace);
            if (one.Type == EventTypes.Anomaly)
                window.Add("anomaly", view, one.JobId, workspace);
            (IsState(one.Type) ? changed : stepped).Add(one.JobId);
        }
        await AddApprovalsAsync(window, events, cancellationToken);
        await AddSummariesAsync(window, cancellationToken);
    }

    /// <summary>Nobody watches: what changed meanwhile is read when somebody comes.</summary>
    public void Forget()
    {
        changed.Clear();
        stepped.Clear();
    }

    /// <summary>The pump goes on where one window fails, for instance while the database is away.</summary>
    public async Task GuardAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LiveWindowFailed(logger, problem);
        }
    }

    private async Task AddSummariesAsync(LiveWindow window, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(steppedSent) >= StepsEvery)
        {
            steppedSent = time.GetTimestamp();
            changed.UnionWith(stepped);
            stepped.Clear();
        }
        var now = changed.Where(window.Watches).Take(MaxSummaries).ToList();
        if (now.Count == 0)
            return;
        foreach (var job in await jobs.SummariesAsync(now, cancellationToken))
        {
            Remember(job.Id, job.Workspace);
            window.Add("jobChanged", job, job.Id, job.Workspace);
        }
        changed.ExceptWith(now);
        stepped.ExceptWith(now);
    }

    private async Task AddApprovalsAsync(LiveWindow window, List<LiveEvent> events, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            var target =
                one.Type == EventTypes.ApprovalRequested ? "approvalRequested"
                : _approvalEnds.Contains(one.Type) ? "approvalDecided"
                : null;
            if (target is null || ApprovalOf(one) is not { } id)
                continue;
            if (await approvals.FindAsync(id, cancellationToken) is { } approval)
                window.Add(target, approval, one.JobId, approval.Workspace);
        }
    }

    private async Task LearnWorkspacesAsync(List<LiveEvent> events, CancellationToken cancellationToken)
    {
        var unknown = events.Select(e => e.JobId).Where(id => !workspaces.ContainsKey(id)).Distinct().ToList();
        if (unknown.Count == 0)
            return;
        foreach (var job in await jobs.SummariesAsync(unknown, cancellationToken))
            Remember(job.Id, job.Workspace);
    }

    private void Remember(Guid job, string workspace)
    {
        if (workspaces.Count > MaxWorkspaces)
            workspaces.Clear();
        workspaces[job] = workspace;
    }

    private static bool IsState(string type) =>
        type.StartsWith("job.", StringComparison.Ordinal) || type.StartsWith("approval.", StringComparison.Ordinal);

    private static Guid? ApprovalOf(LiveEvent one)
    {
        if (one.Data is null)
            return null;
        using var data = JsonDocument.Parse(one.Data);
        return data.RootElement.TryGetProperty("approvalId", out var id) && id.TryGetGuid(out var guid) ? guid : null;
    }
}
