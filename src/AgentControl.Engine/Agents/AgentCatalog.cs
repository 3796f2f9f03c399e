using System.Collections.Immutable;
using AgentControl.Core.Agents;
using AgentControl.Core.Budgets;
using AgentControl.Engine.Budgets;

namespace AgentControl.Engine.Agents;

/// <summary>The agents that this process serves: those of the program and its configuration, and those that people defined in it.</summary>
public sealed class AgentCatalog : IAgents
{
    private readonly ImmutableDictionary<string, AgentDefinition> own;
    private readonly AgentBudgets budgets;
    private volatile Content now;

    public AgentCatalog(IEnumerable<AgentDefinition> agents, AgentBudgets? budgets = null)
    {
        ArgumentNullException.ThrowIfNull(agents);
        this.budgets = budgets ?? AgentBudgets.None;
        var byName = ImmutableDictionary.CreateBuilder<string, AgentDefinition>(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            if (!byName.TryAdd(agent.Name, agent))
                throw new InvalidOperationException($"Two agents are called '{agent.Name}'. Rename one of them.");
        }
        own = byName.ToImmutable();
        now = Content.Of(own, own);
    }

    /// <summary>Those that take new jobs.</summary>
    public IReadOnlyCollection<AgentDefinition> All => now.Open;

    /// <summary>What this process can run, as <c>name@version</c>.</summary>
    internal string[] Keys => now.Keys;

    /// <summary>An agent whose jobs run here, retired or not.</summary>
    public AgentDefinition? Find(string name) => now.ByName.GetValueOrDefault(name);

    /// <summary>An agent that takes new jobs.</summary>
    public AgentDefinition? FindOpen(string name) => now.OpenNames.Contains(name) ? Find(name) : null;

    /// <summary>Whether it comes with the program or its configuration, so that nobody defines it here.</summary>
    public bool IsOwn(string name) => own.ContainsKey(name);

    /// <summary>What a job of the agent may use: what its submission says, the configuration for the rest, and the agent's own definition for what is left. As it is stored; null without any limit.</summary>
    public string? BudgetOf(string agent, Budget? own = null) =>
        (own ?? new Budget()).Over(budgets.Of(agent)).Over(Find(agent)?.Budget).ToJson();

    /// <summary>Takes over what people defined. Jobs of a retired agent go on; the program's own names stand before theirs.</summary>
    internal void Define(IReadOnlyList<(AgentDefinition Agent, bool Retired)> defined)
    {
        var added = defined.Where(d => !own.ContainsKey(d.Agent.Name)).ToList();
        now = Content.Of(
            own.AddRange(added.Select(d => KeyValuePair.Create(d.Agent.Name, d.Agent))),
            own.AddRange(added.Where(d => !d.Retired).Select(d => KeyValuePair.Create(d.Agent.Name, d.Agent)))
        );
    }

    private sealed record Content(
        ImmutableDictionary<string, AgentDefinition> ByName,
        ImmutableHashSet<string> OpenNames,
        ImmutableArray<AgentDefinition> Agents,
        string[] Keys
    )
    {
        public IReadOnlyCollection<AgentDefinition> Open => Agents;

        public static Content Of(
            ImmutableDictionary<string, AgentDefinition> all,
            ImmutableDictionary<string, AgentDefinition> open
        ) =>
            new(
                all,
                [.. open.Keys],
                [.. open.Values],
                [.. all.Values.Select(a => $"{a.Name}@{a.Version}").Order(StringComparer.Ordinal)]
            );
    }
}
