using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;

namespace AgentControl.Web.Jobs.List;

/// <summary>A search as it is asked: with what the caller may see.</summary>
/// <param name="ActLock">Why the caller can do nothing with jobs; null where they can, in some workspace.</param>
internal sealed record JobsSearch(JobFilter Filter, IReadOnlyList<string> Problems, string? ActLock);

/// <summary>Reads the jobs list for whoever looks at it.</summary>
internal sealed class JobsReader(JobQueries jobs, JobCounts counts, AgentCatalog agents, ICallerAccessor callers)
{
    public IReadOnlyList<string> Agents => [.. agents.All.Select(a => a.Name).Order(StringComparer.Ordinal)];

    public async Task<JobsSearch> ReadSearchAsync(JobsAddress address, CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        var (filter, problems) = JobSearch.Parse(address.Query);
        if (address.View == JobsAddress.Mine)
            filter = filter with { Owner = JobSearch.Me };
        // Somebody who asks for one job, one agent or one family means child jobs too.
        if (
            address.View != JobsAddress.All
            && filter is { ParentId: null, BatchId: null, IdPrefix: null, Ids.Count: 0, Text: null, Agent: null }
            && filter is { Failure: null, FailureStands: false, FailureUnresolved: false }
        )
            filter = filter with { TopLevel = true };
        return new(
            filter.AskedBy(caller?.Actor.Name ?? "") with
            {
                // A line that is not understood shows nothing: leaving its mistakes out would widen the list.
                Visible = caller is null || problems.Count > 0 ? [] : caller.Workspaces,
            },
            problems,
            caller?.HasAnywhere(Role.Operator) == true ? null : "Needs the Operator role"
        );
    }

    public async Task<Page<JobListRow>> PageAsync(
        JobsSearch search,
        JobsAddress address,
        CancellationToken cancellationToken
    ) =>
        (
            await ServedAsync(
                await jobs.ListAsync(
                    search.Filter,
                    address.After,
                    order: address.Order,
                    cancellationToken: cancellationToken
                ),
                cancellationToken
            )
        ).Select(JobListRow.Of);

    public async Task<Page<JobSummary>> FirstAsync(JobsSearch search, CancellationToken cancellationToken) =>
        await ServedAsync(await jobs.ListAsync(search.Filter, cancellationToken: cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<JobSummary>> ByIdAsync(
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken
    ) => await jobs.ServedAsync(await jobs.SummariesAsync(ids, cancellationToken), cancellationToken);

    private async Task<Page<JobSummary>> ServedAsync(Page<JobSummary> page, CancellationToken cancellationToken) =>
        page with
        {
            Items = await jobs.ServedAsync(page.Items, cancellationToken),
        };

    public Task<JobCountsView> CountAsync(JobsSearch search, CancellationToken cancellationToken) =>
        counts.CountAsync(search.Filter, cancellationToken);
}
