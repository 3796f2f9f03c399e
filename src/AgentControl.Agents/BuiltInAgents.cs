using AgentControl.Agents.Articles;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Documents;
using AgentControl.Agents.Mcp;
using AgentControl.Agents.Questions;
using AgentControl.Agents.Synthetic;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents;

/// <summary>The agents that come with the program, for its catalogue.</summary>
public static class BuiltInAgents
{
    /// <summary>The assistant that is there without any configuration.</summary>
    public const string Assistant = "assistant";

    /// <param name="synthetic">Whether the agents for self-tests, benchmarks and trying out forms are offered.</param>
    /// <param name="assistants">The configured assistants; one called <c>assistant</c> stands in the place of the built-in one.</param>
    /// <param name="privateHosts">Hosts that assistants may fetch from although they are not public.</param>
    public static IEnumerable<AgentDefinition> All(
        bool synthetic,
        IReadOnlyList<AssistantSettings>? assistants = null,
        IReadOnlyList<string>? privateHosts = null
    )
    {
        yield return AgentDefinition.Of<ContractsAgent, ContractsInput, ContractsOutput>(services => new ContractsAgent(
            Find<IModels>(services)
        ));
        yield return AgentDefinition.Of<ContractDocumentAgent, ContractDocumentInput, ContractDocumentOutput>(
            services => new ContractDocumentAgent(new OfflineDocumentAnalyser(), Find<IModels>(services))
        );
        var web = new Lazy<GuardedFetch>(() => new GuardedFetch(privateHosts));
        yield return AgentDefinition.Of<ArticlesAgent, ArticlesInput, ArticlesOutput>(services => new ArticlesAgent(
            Find<IModels>(services)
        ));
        yield return AgentDefinition.Of<ArticleAgent, ArticleInput, ArticleOutput>(services => new ArticleAgent(
            () => web.Value,
            Find<IModels>(services)
        ));
        yield return AgentDefinition.Of<QuestionAgent, QuestionInput, QuestionOutput>(_ => new QuestionAgent());
        var configured = assistants ?? [];
        if (!configured.Any(a => a.Name == Assistant))
            configured = [new AssistantSettings(Assistant), .. configured];
        foreach (var settings in configured)
            yield return AssistantOf(settings, () => web.Value);
        if (synthetic)
        {
            yield return AgentDefinition.Of<FormsAgent, FormsInput, FormsOutput>(_ => new FormsAgent());
            yield return AgentDefinition.Of<SyntheticAgent, SyntheticInput, SyntheticOutput>(
                services => new SyntheticAgent(
                    Find<TimeProvider>(services) ?? TimeProvider.System,
                    Find<IModels>(services)
                )
            );
        }
    }

    /// <summary>An assistant as an agent of the catalogue.</summary>
    public static AgentDefinition AssistantOf(AssistantSettings settings, Func<GuardedFetch> web) =>
        AgentDefinition.Of<AssistantAgent, AssistantInput, AssistantOutput>(
            services => new AssistantAgent(
                settings,
                Toolbox.For(settings, web, Find<IAgents>(services)?.All ?? []),
                Find<IModels>(services),
                Find<McpServers>(services)
            ),
            new AgentAttribute(settings.Name, AssistantAgent.Version)
            {
                Description = settings.Description,
                Queue = settings.Queue,
            },
            settings.Budget
        );

    private static T? Find<T>(IServiceProvider services)
        where T : class => services.GetService(typeof(T)) as T;
}
