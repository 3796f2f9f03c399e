using System.ComponentModel;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record StartJobArguments(
    [property: Description("The agent's name.")] string Agent,
    [property: Description("Its input, a JSON object that fits the agent's schema.")] JsonElement Input,
    [property: Description("A short name for people.")] string? Name = null
);

/// <summary>A job of another agent, and its output; the assistant waits without a worker.</summary>
/// <param name="offered">The agents that may be started, as the catalogue knows them.</param>
internal sealed class StartJobTool(IReadOnlyList<AgentDefinition> offered) : AssistantTool<StartJobArguments>
{
    private const int LongestName = 120;

    public override string Name => "start_job";

    public override string Description =>
        "Starts a job of another agent, waits until it ends and returns its output. The agents are:\n"
        + string.Join(
            '\n',
            offered.Select(agent => $"- {agent.Name}: {agent.Description} Input: {agent.InputSchema.ToJsonString()}")
        );

    public override ToolPolicy Policy => ToolPolicy.Ask;

    protected override async Task<ToolResult> RunAsync(StartJobArguments arguments, ToolRun run)
    {
        if (!run.Definition.Agents.Contains(arguments.Agent, StringComparer.Ordinal))
            return ToolResult.Error(
                $"'{arguments.Agent}' may not be started here. Use one of: {string.Join(", ", run.Definition.Agents)}."
            );
        // The catalogue of another program version may know other schemas: what is wrong is recorded, not found again.
        var wrong = await run.Job.StepAsync("check input", _ => Task.FromResult(Problem(arguments)));
        if (wrong is not null)
            return ToolResult.Error($"The job was not started. {wrong}");
        var name = string.IsNullOrWhiteSpace(arguments.Name)
            ? $"{run.Job.Job.Name} · {arguments.Agent}"
            : arguments.Name;
        var group = await run.Job.SpawnAsync(
            arguments.Agent,
            [arguments.Input],
            new SpawnOptions { Name = "start_job", Names = [name.Length <= LongestName ? name : name[..LongestName]] }
        );
        await run.Job.WhenChildrenFinish(group);
        var children = await run.Job.ChildResultsAsync(group);
        // A person may run a failed child again later: what the model was told stays what it was.
        return await run.Job.StepAsync("job result", _ => Task.FromResult(Told(children[0], run)));
    }

    private string? Problem(StartJobArguments arguments)
    {
        if (offered.FirstOrDefault(a => a.Name == arguments.Agent) is not { } agent)
            return $"There is no agent '{arguments.Agent}' now.";
        var errors = agent.Check(arguments.Input);
        return errors.Count == 0
            ? null
            : string.Join(' ', errors.SelectMany(e => e.Value.Select(v => $"{e.Key}: {v}")));
    }

    private static ToolResult Told(ChildResult child, ToolRun run)
    {
        if (child.State != JobState.Succeeded)
            return ToolResult.Error($"Job {child.Id} ended {child.State}. {child.Error}".TrimEnd());
        var output = child.Output?.GetRawText() ?? "null";
        var most = run.Definition.ResultCharacters;
        return new(output.Length <= most ? output : output[..most] + $"… [{output.Length} characters in all]");
    }
}
