using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.SignalR;

namespace AgentControl.Web.Live;

/// <summary><c>/hubs/live</c>: what happens now. Whoever was away reads the log by number; only <c>stepOutput</c> is never in it.</summary>
internal sealed class LiveHub(LiveClients clients, JobQueries jobs, CallerDirectory directory, StepOutputs outputs)
    : Hub
{
    public const string Path = "/hubs/live";

    /// <summary>From now on this job's messages come. Answers the job: read its log up to <c>lastEvent</c> and go on from there.</summary>
    /// <param name="id">An id or a short id.</param>
    public async Task<JobSummary> WatchJob(string id)
    {
        var caller = await CallerAsync();
        var job =
            await jobs.ResolveAsync(id, Context.ConnectionAborted) ?? throw new HubException($"There is no job {id}.");
        if (!caller.Has(Role.Viewer, job.Workspace))
            throw new HubException($"Needs the Viewer role in the workspace {job.Workspace}.");
        clients.WatchJob(Context.ConnectionId, job.Id, job.Workspace);
        outputs.WatchMore();
        // Read after the watch began: whatever is newer than this answer comes as a message.
        return await jobs.SummaryAsync(job.Id, Context.ConnectionAborted)
            ?? throw new HubException($"There is no job {id}.");
    }

    public async Task UnwatchJob(string id)
    {
        if (await jobs.ResolveAsync(id, Context.ConnectionAborted) is { } job)
            clients.UnwatchJob(Context.ConnectionId, job.Id);
    }

    /// <summary>From now on the messages of every job come that the caller may look into.</summary>
    public async Task WatchAll()
    {
        var caller = await CallerAsync();
        clients.WatchAll(Context.ConnectionId, caller.Workspaces);
    }

    private async Task<Caller> CallerAsync()
    {
        var known = Context.User?.ToCaller() ?? throw new HubException("Sign in first.");
        return await directory.RefreshAsync(known, Context.ConnectionAborted)
            ?? throw new HubException("You are signed out.");
    }
}
