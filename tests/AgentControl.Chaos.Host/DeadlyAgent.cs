using System.Text.Json;
using AgentControl.Core.Agents;

namespace AgentControl.Chaos.Host;

/// <summary>Its step takes the whole process with it between its effect and its record; <c>once</c> says that it must not repeat.</summary>
[Agent("deadly", "1")]
internal sealed class DeadlyAgent(EffectLog effects) : IAgent<JsonElement, string>
{
    public static AgentDefinition Definition(EffectLog effects) =>
        AgentDefinition.Of<DeadlyAgent, JsonElement, string>(_ => new DeadlyAgent(effects));

    public async Task<string> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
    {
        var end = await job.StepAsync(
            "kill",
            async call =>
            {
                // Another job is to get somewhere in each of the process's lives: its second effect comes behind its first record.
                await effects.OthersAsync(job, input.GetProperty("others").GetInt32());
                var result = await effects.DoAsync(job, call, "alive");
                CrashPoint.Kill();
                return result;
            },
            new StepOptions { NotIdempotent = input.GetProperty("once").GetBoolean() }
        );
        return await job.StepAsync("after", call => effects.DoAsync(job, call, $"{end} and after"));
    }
}
