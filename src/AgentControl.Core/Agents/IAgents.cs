namespace AgentControl.Core.Agents;

/// <summary>The agents that take new jobs now.</summary>
public interface IAgents
{
    IReadOnlyCollection<AgentDefinition> All { get; }
}
