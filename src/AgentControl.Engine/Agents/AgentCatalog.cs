using AgentControl.Core.Agents;

namespace AgentControl.Engine.Agents;

/// <summary>The agents that this process serves.</summary>
public sealed class AgentCatalog
{
    private readonly Dictionary<string, AgentDefinition> byName = new(StringComparer.Ordinal);

    public AgentCatalog(IEnumerable<AgentDefinition> agents)
    {
        foreach (var agent in agents)
        {
            if (!byName.TryAdd(agent.Name, agent))
                throw new InvalidOperationException($"Two agents are called '{agent.Name}'. Rename one of them.");
        }
    }

    public IReadOnlyCollection<AgentDefinition> All => byName.Values;

    public AgentDefinition? Find(string name) => byName.GetValueOrDefault(name);
}
