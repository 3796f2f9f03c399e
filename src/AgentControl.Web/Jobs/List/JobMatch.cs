using AgentControl.Engine.Jobs;

namespace AgentControl.Web.Jobs.List;

/// <summary>Whether a job on the screen still fits the filter, by the fields that change while it lives.</summary>
internal static class JobMatch
{
    public static bool Matches(JobFilter filter, JobSummary job) =>
        (filter.States.Count == 0 || filter.States.Contains(job.State))
        && (filter.Labels.Count == 0 || filter.Labels.Contains(job.Label))
        && (filter.Queue is null || filter.Queue == job.Queue)
        && filter.Tags.All(job.Tags.Contains)
        && (
            filter.Error is null
            || (job.Error?.Message.Contains(filter.Error, StringComparison.OrdinalIgnoreCase) ?? false)
        )
        && (!(filter.FailureStands || filter.FailureUnresolved) || job.State == "failed")
        && (filter.EndedFrom is not { } from || job.FinishedAt >= from)
        && (filter.EndedBefore is not { } till || job.FinishedAt < till)
        && (filter.CostOver is not { } cost || job.Usage.CostUsd > cost);
}
