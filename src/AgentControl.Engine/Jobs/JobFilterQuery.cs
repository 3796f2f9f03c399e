using AgentControl.Core.Failures;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Failures;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>A <see cref="JobFilter"/> as conditions that the indexes of jobs and job_runs answer.</summary>
internal static class JobFilterQuery
{
    /// <summary>Ids carry the time of their making; this much disagreement of clocks loses no job.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    private static readonly string[] States = [.. Enum.GetValues<JobState>().Select(s => s.Word())];

    private static readonly string[] FailedLabels = ["failed", "timed_out"];

    public static IQueryable<JobRow> Matching(this IQueryable<JobRow> jobs, JobFilter filter, DateTimeOffset now)
    {
        jobs = ByWhatNeverChanges(jobs, filter);
        jobs = ByText(jobs, filter);
        jobs = ByTime(jobs, filter, now);
        jobs = ByFailure(jobs, filter, now);
        if (Labels(filter) is { } labels)
        {
            jobs =
                labels.Count == 1
                    ? jobs.Where(j => j.Run.Label == labels[0])
                    : jobs.Where(j => labels.Contains(j.Run.Label));
            // A label says nothing about a missing row, a state does: with it PostgreSQL may begin at the index of labels.
            var states =
                filter.States.Count > 0 ? filter.States : [.. States.Where(s => LabelsOf(s).Intersect(labels).Any())];
            jobs = jobs.Where(j => states.Contains(j.Run.State));
        }
        if (filter.Queue is { } queue)
            jobs = jobs.Where(j => j.Run.Queue == queue);
        if (filter.CostOver is { } cost)
            jobs = jobs.Where(j => j.Run.CostUsd > cost);
        return jobs;
    }

    private static IQueryable<JobRow> ByWhatNeverChanges(IQueryable<JobRow> jobs, JobFilter filter)
    {
        if (filter.Visible is { } visible)
            jobs = jobs.Where(j => visible.Contains(j.Workspace));
        if (filter.Ids.Count > 0)
            jobs = jobs.Where(j => filter.Ids.Contains(j.ShortId));
        if (filter.Agent is { } agent)
            jobs = jobs.Where(j => j.Agent == agent);
        // The length repeats the condition of the index on tags.
        foreach (var tag in filter.Tags)
            jobs = jobs.Where(j => j.Tags.Length > 0 && j.Tags.Contains(tag));
        if (filter.Workspace is { } workspace)
            jobs = jobs.Where(j => j.Workspace == workspace);
        if (filter.ParentId is { } parent)
            jobs = jobs.Where(j => j.ParentId == parent);
        if (filter.TopLevel)
            jobs = jobs.Where(j => j.ParentId == null);
        if (filter.BatchId is { } batch)
            jobs = jobs.Where(j => j.BatchId == batch);
        if (filter.Schedule is { } schedule)
            jobs = jobs.Where(j => j.Schedule == schedule);
        return jobs;
    }

#pragma warning disable CA1304, CA1311, CA1862, MA0011, RCS1155 // translated to lower() in SQL, which the indexes are made on
    private static IQueryable<JobRow> ByText(IQueryable<JobRow> jobs, JobFilter filter)
    {
        if (filter.Owner?.ToLowerInvariant() is { } owner)
            jobs = jobs.Where(j => j.SubmittedBy.ToLower() == owner);
        if (filter.IdPrefix?.ToLowerInvariant() is { } id)
        {
            var (from, to) = IdRange.Of(id) ?? (Guid.AllBitsSet, Guid.Empty);
            jobs = jobs.Where(j =>
                (j.Id.CompareTo(from) >= 0 && j.Id.CompareTo(to) <= 0) || j.ShortId.ToLower().StartsWith(id)
            );
        }
        if (filter.Text?.ToLowerInvariant() is { } text)
        {
            if (IdRange.Of(text) is var (from, to))
            {
                jobs = jobs.Where(j =>
                    EF.Functions.Collate(j.Name.ToLower(), JobSorts.ByBytes).StartsWith(text)
                    || (j.Id.CompareTo(from) >= 0 && j.Id.CompareTo(to) <= 0)
                );
            }
            else if (text.StartsWith(ShortId.Prefix, StringComparison.Ordinal))
            {
                jobs = jobs.Where(j =>
                    EF.Functions.Collate(j.Name.ToLower(), JobSorts.ByBytes).StartsWith(text)
                    || j.ShortId.ToLower().StartsWith(text)
                );
            }
            else
            {
                jobs = jobs.Where(j => EF.Functions.Collate(j.Name.ToLower(), JobSorts.ByBytes).StartsWith(text));
            }
        }
        if (filter.Error?.ToLowerInvariant() is { } error)
            jobs = jobs.Where(j => FailedLabels.Contains(j.Run.Label) && j.Result!.Error!.ToLower().Contains(error));
        return jobs;
    }
#pragma warning restore CA1304, CA1311, CA1862, MA0011, RCS1155

    private static IQueryable<JobRow> ByTime(IQueryable<JobRow> jobs, JobFilter filter, DateTimeOffset now)
    {
        if (filter.SubmittedAfter is { } after)
        {
            var floor = IdRange.Floor(after - ClockSlack);
            jobs = jobs.Where(j => j.SubmittedAt > after.ToUniversalTime() && j.Id.CompareTo(floor) >= 0);
        }
        var before = filter.OlderThan is { } age ? Earlier(filter.SubmittedBefore, now - age) : filter.SubmittedBefore;
        if (before is { } end)
        {
            var ceiling = IdRange.Floor(end + ClockSlack);
            jobs = jobs.Where(j => j.SubmittedAt < end.ToUniversalTime() && j.Id.CompareTo(ceiling) <= 0);
        }
        if (filter.EndedFrom is { } from)
            jobs = jobs.Where(j => j.Run.FinishedAt >= from.ToUniversalTime());
        if (filter.EndedBefore is { } till)
            jobs = jobs.Where(j => j.Run.FinishedAt < till.ToUniversalTime());
        return jobs;
    }

    private static IQueryable<JobRow> ByFailure(IQueryable<JobRow> jobs, JobFilter filter, DateTimeOffset now)
    {
        if (filter.Failure is { } group)
        {
            jobs = jobs.Where(j => j.Failures.Any(f => f.GroupId == group));
            if (filter.FailureStands || filter.FailureUnresolved)
                jobs = jobs.Where(j => OpenFailure.Of(j.Id) == group);
        }
        else if (filter.FailureStands)
            jobs = jobs.Where(j => j.Run.State == "failed" && OpenFailure.Of(j.Id) != null);
        if (filter.FailureUnresolved)
        {
            var today = now.ToUniversalTime();
            jobs = jobs.Where(j =>
                j.Run.State == "failed"
                && j.Failures.Any(f =>
                    (
                        f.Group.Status == FailureStatus.Unresolved
                        || (f.Group.Status == FailureStatus.Ignored && f.Group.IgnoredUntil <= today)
                    )
                    && OpenFailure.Of(j.Id) == f.GroupId
                )
            );
        }
        return jobs;
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) =>
        one is { } first && first < other ? first : other;

    /// <summary>States become the labels they can show as, because the index is on labels. Null: any.</summary>
    private static List<string>? Labels(JobFilter filter)
    {
        if (filter.States.Count == 0)
            return filter.Labels.Count == 0 ? null : [.. filter.Labels];
        var possible = filter.States.SelectMany(LabelsOf).ToHashSet(StringComparer.Ordinal);
        if (filter.Labels.Count > 0)
            possible.IntersectWith(filter.Labels);
        return [.. possible.Order(StringComparer.Ordinal)];
    }

    private static string[] LabelsOf(string state) =>
        state switch
        {
            "queued" => ["queued", "recovering"],
            "running" => ["running", "cancelling", "pausing", "recovering", "retrying"],
            "waiting" => ["waiting", "needs_approval", "retrying"],
            "succeeded" => ["completed"],
            "failed" => FailedLabels,
            "cancelled" => ["cancelled", "rejected"],
            _ => [state],
        };
}
