using System.ComponentModel;
using AgentControl.Agents.Questions;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Assistant.Tools;

public sealed record AskPersonArguments(
    [property: Description("The question, with what the person has to know to answer it.")] string Question,
    [property: Description("Answers to choose from, where there are only a few.")] IReadOnlyList<string>? Options = null
);

/// <summary>A question to a person; the job waits without a worker until it is answered.</summary>
internal sealed class AskPersonTool : AssistantTool<AskPersonArguments>
{
    public override string Name => "ask_person";

    public override string Description =>
        "Asks a person, and waits for the answer. Use it where only a person can know or decide; it may take hours.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(AskPersonArguments arguments, ToolRun run)
    {
        var question = arguments.Question.Trim();
        if (question.Length == 0)
            return ToolResult.Error("The question is empty.");
        if (PersonQuestion.Choices(arguments.Options) is not { } choices)
            return ToolResult.Error($"Give at most {PersonQuestion.MostOptions} options, each of them a text.");
        var outcome = await run.Job.RequestApprovalAsync(
            PersonQuestion.Of(question, choices, $"`{run.Definition.Name}` asks, and goes on with your answer.")
        );
        var said = PersonQuestion.Said(outcome);
        var comment = string.IsNullOrWhiteSpace(outcome.Comment) ? "" : $" ({outcome.Comment.Trim()})";
        return outcome.Approved
            ? new($"The person answered: {said}{comment}")
            : ToolResult.Error($"The person gave no answer.{comment}");
    }
}
