using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.LanguageModels;

namespace AgentControl.Agents.Assistant;

/// <summary>Where a model's calls of tools arrive: looks at the policy, asks a person where it says so, and runs what may run.</summary>
internal sealed class ToolDesk(IReadOnlyList<AssistantTool> tools, AssistantDefinition definition, IJobContext job)
{
    /// <summary>Longest text of arguments and results in the log's lines, in characters; the journal has them whole.</summary>
    private const int InLog = 2_000;

    private const int InTitle = 80;

    public async Task<ModelMessage> CallAsync(ModelToolCall call, string thought)
    {
        var doubt = call.Arguments is { } asked ? UnambiguousJson.Problem(asked) : call.Problem;
        var arguments = call.Arguments is { } given && doubt is null ? ToolArguments.Of(given) : null;
        job.CallTool(
            $"{call.Name} {Cut(arguments?.Text ?? "", InLog)}",
            new
            {
                tool = call.Name,
                callId = call.Id,
                arguments = Cut(arguments?.Text ?? "", InLog),
                sha256 = arguments?.Sha256,
            }
        );
        var result = await ResultAsync(call, arguments, doubt, thought);
        var text = Cut(result.Text, definition.ResultCharacters);
        job.Observe(
            Cut($"{call.Name}: {text}", InLog),
            new
            {
                tool = call.Name,
                callId = call.Id,
                isError = result.IsError,
                characters = result.Text.Length,
            }
        );
        return ModelMessage.ToolResult(call.Id, text, result.IsError);
    }

    private async Task<ToolResult> ResultAsync(
        ModelToolCall call,
        ToolArguments? arguments,
        string? doubt,
        string thought
    )
    {
        var offered = definition.Tools.FirstOrDefault(t => t.Name == call.Name);
        var tool = tools.FirstOrDefault(t => t.Name == call.Name);
        if (offered is null || tool is null)
            return ToolResult.Error(
                $"There is no tool '{call.Name}'. Use one of: {string.Join(", ", definition.Tools.Select(t => t.Name))}."
            );
        if (arguments is null)
            return ToolResult.Error(doubt ?? "The arguments are no JSON object. Call the tool again.");
        if (tool.Problems(arguments.Open(null)) is { Count: > 0 } problems)
            return ToolResult.Error($"{call.Name} was not run. {string.Join(' ', problems)}");
        return offered.Policy switch
        {
            ToolPolicy.Allow => await tool.RunAsync(new(job, definition, arguments.Open(null))),
            ToolPolicy.Ask => await AskAsync(tool, offered, arguments, thought),
            _ => ToolResult.Error($"{call.Name} may not be used here."),
        };
    }

    private async Task<ToolResult> AskAsync(
        AssistantTool tool,
        OfferedTool offered,
        ToolArguments arguments,
        string thought
    )
    {
        for (
            string? again = null;
            ;
                // Of a question that was asked by an older program, which took any edit.
                again = "The edited arguments do not fit the tool. Edit them again, or decide otherwise."
        )
        {
            var outcome = await job.RequestApprovalAsync(Question(offered, arguments, thought, again));
            var why = string.IsNullOrWhiteSpace(outcome.Comment) ? "" : $" {outcome.Comment.Trim()}";
            switch (outcome.Decision)
            {
                case ApprovalDecision.Approve:
                    return await tool.RunAsync(new(job, definition, arguments.Open(outcome.Sha256)));
                case ApprovalDecision.Respond:
                    return new($"{tool.Name} was not run. A person answered in its place: {Words(outcome.Value)}");
                case ApprovalDecision.Edit when ToolArguments.Edited(outcome.Value, offered.Schema) is { } edited:
                    // The edit is an answer to what was shown, so that has to be what the model wrote.
                    arguments.Open(outcome.Sha256);
                    var result = await tool.RunAsync(new(job, definition, edited.Open(null)));
                    return result with
                    {
                        Text =
                            $"A person changed the arguments{(result.IsError ? "" : " before it ran")}.{why} {(result.IsError ? "It failed" : "It ran")} with:\n{edited.Text}\n\n{result.Text}",
                    };
                case ApprovalDecision.Edit:
                    continue;
                default:
                    return ToolResult.Error($"{tool.Name} was not run: a person refused it.{why}");
            }
        }
    }

    private ApprovalRequest Question(OfferedTool tool, ToolArguments arguments, string thought, string? again)
    {
        string?[] parts =
        [
            again,
            $"`{definition.Name}` wants to run the tool `{tool.Name}`. It runs with exactly the arguments below, or with what you make of them.",
            thought.Length == 0 ? null : $"It says:\n\n> {Cut(thought, InLog).ReplaceLineEndings("\n> ")}",
        ];
        return new ApprovalRequest
        {
            Title = $"{job.Job.Name}: run {tool.Name}?" is { Length: <= InTitle * 2 } title
                ? title
                : $"Run {tool.Name}?",
            Body = string.Join("\n\n", parts.Where(part => part is not null)),
            Action = tool.Name,
            Content = arguments.Text,
            ContentType = "application/json",
            EditSchema = tool.Schema,
            Decisions =
            [
                ApprovalDecision.Approve,
                ApprovalDecision.Edit,
                ApprovalDecision.Reject,
                ApprovalDecision.Respond,
            ],
        };
    }

    private static string Words(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text ? text.GetString()! : value?.GetRawText() ?? "";

    private static string Cut(string text, int most) =>
        text.Length <= most
            ? text
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{text[..Whole(text, most)]}… [cut: {text.Length} characters in all]"
            );

    /// <summary>Where a text may end at the latest without cutting a character in half.</summary>
    public static int Whole(string text, int end) =>
        end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
}
