using AgentControl.Core.Agents;
using AgentControl.Core.LanguageModels;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Chaos.Host;

/// <summary>How often it asks.</summary>
internal sealed record ModelInput(int Calls);

/// <summary>Asks a model one question after the other.</summary>
[Agent("model", "1")]
internal sealed class ModelAgent(IModels models) : IAgent<ModelInput, string>
{
    public static AgentDefinition Definition() =>
        AgentDefinition.Of<ModelAgent, ModelInput, string>(services => new ModelAgent(
            services.GetRequiredService<IModels>()
        ));

    public async Task<string> RunAsync(ModelInput input, IJobContext job, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        for (var i = 1; i <= input.Calls; i++)
            said.Add((await job.AskModelAsync(models, "ask", "chaos", ModelRequest.Of($"Question {i}"))).Text);
        return string.Join('|', said);
    }
}
