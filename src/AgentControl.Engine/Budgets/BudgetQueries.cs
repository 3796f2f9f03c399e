using AgentControl.Core.Budgets;

namespace AgentControl.Engine.Budgets;

/// <summary>Reads what jobs used of what they may.</summary>
public sealed class BudgetQueries
{
    private readonly BudgetStore store;

    internal BudgetQueries(BudgetStore store) => this.store = store;

    /// <summary>Every measure that has a limit, with what people added to it; empty for a job without a budget.</summary>
    public async Task<IReadOnlyList<BudgetReading>> OfJobAsync(Guid job, CancellationToken cancellationToken = default)
    {
        var loaded = await store.LoadAsync(job, cancellationToken);
        if (loaded.First.IsEmpty)
            return [];
        var used = await store.UsedAsync(job, cancellationToken) with { ModelCalls = loaded.Calls };
        return BudgetMeter.Read(used, loaded.Limits);
    }
}
