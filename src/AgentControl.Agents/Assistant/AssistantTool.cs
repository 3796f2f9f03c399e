using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Steps;

namespace AgentControl.Agents.Assistant;

/// <summary>Something that a model can have done. What it does is recorded in steps of the job, so a replay does none of it again.</summary>
public abstract class AssistantTool
{
    public abstract string Name { get; }

    /// <summary>For the model: what it does and when to use it.</summary>
    public abstract string Description { get; }

    /// <summary>The JSON Schema of its arguments.</summary>
    public abstract JsonElement Schema { get; }

    /// <summary>Where the configuration says nothing.</summary>
    public abstract ToolPolicy Policy { get; }

    /// <summary>Why arguments do not fit, in sentences that a model can act on; empty where they do. Looked at before a person is asked.</summary>
    public abstract IReadOnlyList<string> Problems(JsonElement arguments);

    /// <summary>The MCP server that it comes from; null for the program's own.</summary>
    public virtual ToolOrigin? Origin => null;

    /// <summary>Runs it. Arguments that do not fit, and steps that fail for good, are results that the model reads.</summary>
    public abstract Task<ToolResult> RunAsync(ToolRun run);
}

/// <summary>A tool whose arguments are a record.</summary>
public abstract class AssistantTool<T> : AssistantTool
    where T : class
{
    /// <summary>What the workspace says of a name that is none.</summary>
    private const string BadPath = "path";

    private static readonly ToolShape<T> _shape = new();

    public override JsonElement Schema => _shape.Schema;

    public sealed override IReadOnlyList<string> Problems(JsonElement arguments) => _shape.Read(arguments).Problems;

    public sealed override async Task<ToolResult> RunAsync(ToolRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var (value, problems) = _shape.Read(run.Arguments);
        if (value is null)
            return ToolResult.Error($"{Name} was not run. {string.Join(' ', problems)}");
        try
        {
            return await RunAsync(value, run);
        }
        catch (StepFailedException failed)
        {
            return ToolResult.Error($"{Name} failed: {failed.Failure.Message}");
        }
        catch (PermanentFailureException refused) when (refused.Type == BadPath)
        {
            return ToolResult.Error($"{Name} was not run. {refused.Message}");
        }
    }

    protected abstract Task<ToolResult> RunAsync(T arguments, ToolRun run);
}

/// <summary>One run of a tool.</summary>
/// <param name="Arguments">What runs: as the model wrote it, or as a person changed it.</param>
public sealed record ToolRun(IJobContext Job, AssistantDefinition Definition, JsonElement Arguments);

/// <summary>What the model reads of a tool's run.</summary>
public sealed record ToolResult(string Text, bool IsError = false)
{
    public static ToolResult Error(string text) => new(text, true);
}
