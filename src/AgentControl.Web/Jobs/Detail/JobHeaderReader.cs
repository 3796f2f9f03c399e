using AgentControl.Engine.Approvals;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Jobs;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>Reads what stands above the tabs.</summary>
internal sealed class JobHeaderReader(
    JobQueries jobs,
    JobCounts counts,
    CheckpointQueries checkpoints,
    ApprovalQueries approvals,
    BudgetQueries budgets
)
{
    /// <exception cref="InvalidOperationException">The job is gone.</exception>
    public async Task<JobHeader> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var job =
            await jobs.SummaryAsync(id, cancellationToken) ?? throw new InvalidOperationException($"Job {id} is gone.");
        var children = await counts.CountAsync(new JobFilter { ParentId = id }, cancellationToken);
        var newest = await checkpoints.ListAsync(id, limit: 1, cancellationToken: cancellationToken);
        var asked = await approvals.CountAsync(new ApprovalFilter { JobId = id }, cancellationToken);
        return new(
            job,
            newest.Items.Count == 0 ? 0 : newest.Items[0].Version,
            asked,
            [.. children.ByLabel.Where(c => c.Value > 0).Select(c => new LabelShare(c.Key, c.Value))]
        )
        {
            Budget = await budgets.OfJobAsync(id, cancellationToken),
        };
    }
}
