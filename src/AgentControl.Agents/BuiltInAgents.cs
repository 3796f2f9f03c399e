using AgentControl.Agents.Documents;
using AgentControl.Agents.Synthetic;
using AgentControl.Core.Agents;

namespace AgentControl.Agents;

/// <summary>The agents that come with the program, for its catalogue.</summary>
public static class BuiltInAgents
{
    /// <param name="synthetic">Whether the agent for self-tests and benchmarks is offered.</param>
    public static IEnumerable<AgentDefinition> All(bool synthetic)
    {
        yield return AgentDefinition.Of<ContractsAgent, ContractsInput, ContractsOutput>(_ => new ContractsAgent());
        yield return AgentDefinition.Of<ContractDocumentAgent, ContractDocumentInput, ContractDocumentOutput>(
            // A registered analyser is the configured model's; without one the rules do all.
            services => new ContractDocumentAgent(new OfflineDocumentAnalyser(), Find<IDocumentAnalyser>(services))
        );
        if (synthetic)
        {
            yield return AgentDefinition.Of<SyntheticAgent, SyntheticInput, SyntheticOutput>(
                services => new SyntheticAgent(Find<TimeProvider>(services) ?? TimeProvider.System)
            );
        }
    }

    private static T? Find<T>(IServiceProvider services)
        where T : class => services.GetService(typeof(T)) as T;
}
