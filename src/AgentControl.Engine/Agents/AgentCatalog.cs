using AgentControl.Core.Agents;
using AgentControl.Core.Budgets;
using AgentControl.Engine.Budgets;

namespace AgentControl.Engine.Agents;

/// <summary>The agents that this process serves.</summary>
public sealed class AgentCatalog
{
    private readonly Dictionary<string, AgentDefinition> byName = new(StringComparer.Ordinal);
    private readonly AgentBudgets budgets;

    public AgentCatalog(IEnumerable<AgentDefinition> agents, AgentBudgets? budgets = null)
    {
        this.budgets = budgets ?? AgentBudgets.None;
        foreach (var agent in agents)
        {
            if (!byName.TryAdd(agent.Name, agent))
                throw new InvalidOperationException($"Two agents are called '{agent.Name}'. Rename one of them.");
        }
    }

    public IReadOnlyCollection<AgentDefinition> All => byName.Values;

    public AgentDefinition? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>What a job of the agent may use: what its submission says, and the agent's defaults for the rest. As it is stored; null without any limit.</summary>
    public string? BudgetOf(string agent, Budget? own = null) => (own ?? new Budget()).Over(budgets.Of(agent)).ToJson();
}
