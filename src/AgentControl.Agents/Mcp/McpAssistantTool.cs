using System.Text.Json;
using AgentControl.Agents.Assistant;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Json;
using AgentControl.Core.Mcp;
using AgentControl.Core.Steps;

namespace AgentControl.Agents.Mcp;

/// <summary>A tool of an MCP server, as a job was told of it when it began. Each call is a recorded step, and only what was told is called.</summary>
internal sealed class McpAssistantTool(
    McpConnection connection,
    string name,
    string description,
    JsonElement schema,
    ToolOrigin origin
) : AssistantTool
{
    /// <summary>Room for the words that tell of a cut.</summary>
    private const int Note = 100;

    private const string Root = "value.";

    public override string Name => name;

    public override string Description => description;

    public override JsonElement Schema => schema;

    public override ToolPolicy Policy => ToolPolicy.Ask;

    public override ToolOrigin Origin => origin;

    public override IReadOnlyList<string> Problems(JsonElement arguments) =>
        [
            .. EditedJson
                .Read(arguments, schema)
                .Errors.Select(e =>
                    $"{e.Key[Math.Min(e.Key.Length, Root.Length)..]}: {string.Join(' ', e.Value)}".TrimStart(':', ' ')
                ),
        ];

    public override async Task<ToolResult> RunAsync(ToolRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            // A tool that must not run twice is not tried again: that its server can be reached is waited for before it.
            if (!origin.Repeatable)
            {
                var refused = await run.Job.StepAsync(
                    "reach",
                    async call => await RefusalAsync(call.CancellationToken),
                    Options(once: false)
                );
                if (refused is not null)
                    return ToolResult.Error(refused);
            }
            var said = await run.Job.StepAsync(
                "call",
                async call =>
                    JsonSerializer.SerializeToElement(
                        await CallAsync(run, call.CancellationToken),
                        JournalJson.Options
                    ),
                Options(once: !origin.Repeatable)
            );
            return Read(said);
        }
        catch (StepFailedException failed)
        {
            return ToolResult.Error($"{name} failed: {failed.Failure.Message}");
        }
    }

    private async Task<ToolResult> CallAsync(ToolRun run, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(cancellationToken) is { } refused)
            return ToolResult.Error(refused);
        var answer = await connection.CallAsync(origin.Tool, run.Arguments, origin.Repeatable, cancellationToken);
        return McpText.Of(answer, run.Definition.ResultCharacters - Note);
    }

    /// <summary>Why the tool is not called: it is not any more what the job was told of. Null where it is.</summary>
    private async Task<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        var now = (await connection.ListAsync(cancellationToken)).FirstOrDefault(t => t.Name == origin.Tool);
        return now is null ? $"{name} was not run: the server does not offer it any more."
            : now.Sha256 != origin.Sha256
                ? $"{name} was not run: the server describes it otherwise now than when this job began. Do not call it again; a person has to look at the change."
            : null;
    }

    /// <summary>What was recorded, or what a person gave in its place.</summary>
    private static ToolResult Read(JsonElement said) =>
        said.ValueKind == JsonValueKind.Object && said.TryGetProperty("text", out var text)
            ? new(text.GetString() ?? "", said.TryGetProperty("isError", out var bad) && bad.GetBoolean())
        : said.ValueKind == JsonValueKind.String ? new($"A person gave the result: {said.GetString()}")
        : new($"A person gave the result: {said.GetRawText()}");

    /// <summary>The step's own limit lies behind those of connecting and calling, which know what they mean.</summary>
    private StepOptions Options(bool once) =>
        new()
        {
            Kind = "tool",
            Service = connection.Server.Service,
            Detail = origin.Tool,
            NotIdempotent = once,
            Timeout = TimeSpan.FromSeconds(connection.Server.TimeoutSeconds * 2 + 10),
        };
}
