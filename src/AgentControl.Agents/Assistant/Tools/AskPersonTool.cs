using System.ComponentModel;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record AskPersonArguments(
    [property: Description("The question, with what the person has to know to answer it.")] string Question,
    [property: Description("Answers to choose from, where there are only a few.")] IReadOnlyList<string>? Options = null
);

/// <summary>A question to a person; the job waits without a worker until it is answered.</summary>
internal sealed class AskPersonTool : AssistantTool<AskPersonArguments>
{
    private const int InTitle = 120;
    private const int MostOptions = 20;

    public override string Name => "ask_person";

    public override string Description =>
        "Asks a person, and waits for the answer. Use it where only a person can know or decide; it may take hours.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(AskPersonArguments arguments, ToolRun run)
    {
        var question = arguments.Question.Trim();
        if (question.Length == 0)
            return ToolResult.Error("The question is empty.");
        var options = (arguments.Options ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (options.Count > MostOptions || options.Exists(string.IsNullOrWhiteSpace))
            return ToolResult.Error($"Give at most {MostOptions} options, each of them a text.");
        var outcome = await run.Job.RequestApprovalAsync(
            new ApprovalRequest
            {
                Kind = ApprovalKinds.Question,
                Title = Title(question),
                Body = $"`{run.Definition.Name}` asks, and goes on with your answer.",
                Content = question,
                Decisions =
                    options.Count == 0
                        ? [ApprovalDecision.Respond]
                        : [ApprovalDecision.Choose, ApprovalDecision.Respond],
                Options = [.. options.Select(option => new ApprovalOption(option, option))],
            }
        );
        var said = outcome.Value is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : outcome.Value?.GetRawText() ?? "";
        var comment = string.IsNullOrWhiteSpace(outcome.Comment) ? "" : $" ({outcome.Comment.Trim()})";
        return outcome.Approved
            ? new($"The person answered: {said}{comment}")
            : ToolResult.Error($"The person gave no answer.{comment}");
    }

    private static string Title(string question)
    {
        var line = question.ReplaceLineEndings(" ");
        return line.Length <= InTitle ? line : line[..InTitle] + "…";
    }
}
