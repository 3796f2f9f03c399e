using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;

namespace AgentControl.Chaos.Host;

/// <summary>Everything that a job can do, once: the crash points of this job are the crash points of the engine.</summary>
[Agent("reference", "1")]
internal sealed class ReferenceAgent(EffectLog effects) : IAgent<JsonElement, int>
{
    public static AgentDefinition Definition(EffectLog effects) =>
        AgentDefinition.Of<ReferenceAgent, JsonElement, int>(_ => new ReferenceAgent(effects));

    public async Task<int> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
    {
        job.Log("It begins");
        var sum = await job.StepAsync("first", call => effects.DoAsync(job, call, 1));
        await job.StashAsync("sum", sum);
        var both = await job.Parallel(
            "items",
            new[] { 10, 20 },
            2,
            (n, branch, _) => branch.StepAsync("item", call => effects.DoAsync(branch, call, n))
        );
        sum += both.Sum();
        await job.Workspace.WriteTextAsync($"out/{job.Job.Id}.txt", "written");
        await job.Workspace.CommentAsync("Written.");
        await job.Notes.AppendAsync("log", $"written by {job.Job.Id}");
        var outcome = await job.RequestApprovalAsync(new ApprovalRequest { Title = "Go on?", Content = "written" });
        sum += outcome.Approved ? 100 : 0;
        var group = await job.SpawnAsync("child", new[] { new { n = 1000 }, new { n = 2000 } });
        var counts = await job.WhenChildrenFinish(group);
        sum += (await job.ChildResultsAsync(group)).Sum(r => r.Output?.GetInt32() ?? 0);
        await job.ContinueOnAsync("review");
        await job.SleepAsync(TimeSpan.FromMilliseconds(20));
        sum += await job.RecallAsync<int>("sum");
        return await job.StepAsync("last", call => effects.DoAsync(job, call, sum + counts.Succeeded));
    }

    /// <summary>What it must return, whatever happened.</summary>
    public const int Result = 1 + 30 + 100 + 3000 + 1 + 2;
}

/// <summary>A child of the reference job.</summary>
[Agent("child", "1", Queue = "extract")]
internal sealed class ChildAgent(EffectLog effects) : IAgent<JsonElement, int>
{
    public static AgentDefinition Definition(EffectLog effects) =>
        AgentDefinition.Of<ChildAgent, JsonElement, int>(_ => new ChildAgent(effects));

    public Task<int> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken) =>
        job.StepAsync("work", call => effects.DoAsync(job, call, input.GetProperty("n").GetInt32()));
}

/// <summary>A hundred steps of a few milliseconds each; with <c>stepMs</c> of that length.</summary>
[Agent("hundred", "1")]
internal sealed class HundredAgent(EffectLog effects) : IAgent<JsonElement, int>
{
    public static AgentDefinition Definition(EffectLog effects) =>
        AgentDefinition.Of<HundredAgent, JsonElement, int>(_ => new HundredAgent(effects));

    public async Task<int> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
    {
        var (steps, pause) = (
            input.GetProperty("steps").GetInt32(),
            TimeSpan.FromMilliseconds(input.GetProperty("stepMs").GetInt32())
        );
        var sum = 0;
        for (var i = 1; i <= steps; i++)
        {
            sum += await job.StepAsync(
                "work",
                async call =>
                {
                    var result = await effects.DoAsync(job, call, i);
                    await Task.Delay(pause, call.CancellationToken);
                    return result;
                }
            );
        }
        return sum;
    }
}
