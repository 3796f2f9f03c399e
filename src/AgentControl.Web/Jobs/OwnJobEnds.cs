using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Jobs;

/// <summary>The ends of jobs that the caller submitted.</summary>
internal sealed class OwnJobEnds(JobQueries jobs, ICallerAccessor callers) : IOwnEnds
{
    public async Task<IReadOnlyList<OwnEnd>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (await callers.CurrentAsync(cancellationToken) is not { } caller)
            return [];
        var filter = new JobFilter
        {
            Owner = caller.Display,
            TopLevel = true,
            EndedFrom = since,
            Visible = caller.Workspaces,
        };
        var ended = await jobs.ListAsync(filter, cancellationToken: cancellationToken);
        return [.. ended.Items.Select(job => new OwnEnd(job.Name, job.Label, job.FinishedAt!.Value))];
    }
}
