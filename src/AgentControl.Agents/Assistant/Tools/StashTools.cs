using System.ComponentModel;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record StashArguments(
    [property: Description("A name of letters, digits, '-', '_' and '.'.")] string Key,
    [property: Description("What to keep: a text or any JSON.")] JsonElement Value
);

/// <summary>A named note of this job, which people can read and change.</summary>
internal sealed partial class StashTool : AssistantTool<StashArguments>
{
    public override string Name => "stash";

    public override string Description =>
        "Keeps a note of this job under a name, such as a list of what is done. People can see it and change it.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(StashArguments arguments, ToolRun run)
    {
        if (!IsKey(arguments.Key))
            return ToolResult.Error("A key has 1 to 100 letters, digits, '-', '_' and '.'.");
        await run.Job.StashAsync(arguments.Key, arguments.Value);
        return new($"'{arguments.Key}' is kept.");
    }

    internal static bool IsKey(string key) => Key().IsMatch(key);

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,100}\z", RegexOptions.None, 1000)]
    private static partial Regex Key();
}

public sealed record RecallArguments([property: Description("The name it was kept under.")] string Key);

/// <summary>The newest note of a name.</summary>
internal sealed class RecallTool : AssistantTool<RecallArguments>
{
    public override string Name => "recall";

    public override string Description => "Reads a note that was kept with stash, as it is now.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(RecallArguments arguments, ToolRun run)
    {
        if (!StashTool.IsKey(arguments.Key))
            return ToolResult.Error("A key has 1 to 100 letters, digits, '-', '_' and '.'.");
        var value = await run.Job.RecallAsync<JsonElement?>(arguments.Key);
        return value is { ValueKind: not JsonValueKind.Undefined } found
            ? new(found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText())
            : ToolResult.Error($"Nothing is kept under '{arguments.Key}'.");
    }
}
