using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Steps;
using AgentControl.Web.Access;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>A run that another one is likely compared with.</summary>
/// <param name="Why">"The run before it".</param>
internal sealed record CompareOffer(string Why, JobSummary Job);

/// <summary>Reads two runs for whoever may see both.</summary>
internal sealed class CompareReader(JobQueries jobs, StepCompareQueries steps, ICallerAccessor callers)
{
    /// <summary>So many steps of each run are compared.</summary>
    public const int MostSteps = 10_000;

    /// <summary>The job with input and output; null where there is none, or the caller may not look into its workspace.</summary>
    public async Task<JobView?> FindAsync(string? id, CancellationToken cancellationToken)
    {
        if (
            string.IsNullOrWhiteSpace(id)
            || id.Contains('\0', StringComparison.Ordinal)
            || await jobs.ResolveAsync(id.Trim(), cancellationToken) is not { } job
        )
            return null;
        var caller = await callers.CurrentAsync(cancellationToken);
        return caller?.Has(Role.Viewer, job.Workspace) == true ? await jobs.FindAsync(job.Id, cancellationToken) : null;
    }

    public async Task<(IReadOnlyList<StepPair> Pairs, bool IsCut)> StepsAsync(
        Guid a,
        Guid b,
        CancellationToken cancellationToken
    )
    {
        var ofA = await steps.OfJobAsync(a, MostSteps, cancellationToken);
        var ofB = await steps.OfJobAsync(b, MostSteps, cancellationToken);
        return (StepPair.Align(ofA.Steps, ofB.Steps), ofA.IsCut || ofB.IsCut);
    }

    /// <summary>What it was forked from, the run before it, and its agent's last success; each once.</summary>
    public async Task<IReadOnlyList<CompareOffer>> OffersAsync(JobSummary job, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        if (caller is null)
            return [];
        var offers = new List<CompareOffer>();
        void Add(string why, JobSummary? other)
        {
            if (other is not null && other.Id != job.Id && offers.All(o => o.Job.Id != other.Id))
                offers.Add(new(why, other));
        }
        if (
            job.ForkedFrom is { } origin
            && await jobs.SummaryAsync(origin, cancellationToken) is { } forked
            && caller.Has(Role.Viewer, forked.Workspace)
        )
            Add("It was forked from", forked);
        var same = new JobFilter
        {
            Agent = job.Agent,
            Workspace = job.Workspace,
            Schedule = job.Schedule,
            ParentId = job.ParentId,
            TopLevel = job.ParentId is null,
            Visible = caller.Workspaces,
        };
        Add("The run before it", await FirstAsync(same, Cursor.Of(job.Id), cancellationToken));
        Add(
            $"The last success of {job.Agent}",
            await FirstAsync(
                new JobFilter
                {
                    Agent = job.Agent,
                    States = ["succeeded"],
                    Visible = caller.Workspaces,
                },
                null,
                cancellationToken
            )
        );
        return offers;
    }

    private async Task<JobSummary?> FirstAsync(JobFilter filter, string? cursor, CancellationToken cancellationToken) =>
        (await jobs.ListAsync(filter, cursor, 1, cancellationToken: cancellationToken)).Items is [var first, ..]
            ? first
            : null;
}
