using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;

namespace AgentControl.Agents.Questions;

/// <summary>One question to a person as a job of its own, for programs that have no job to ask from.</summary>
[Agent("question", "1", Description = "Asks a person one question, waits without a worker, and gives back the answer.")]
public sealed class QuestionAgent : IAgent<QuestionInput, QuestionOutput>
{
    public async Task<QuestionOutput> RunAsync(
        QuestionInput input,
        IJobContext job,
        CancellationToken cancellationToken
    )
    {
        var question = input.Question.Trim();
        if (question.Length == 0)
            throw new PermanentFailureException("input", "The question is empty.");
        var choices =
            PersonQuestion.Choices(input.Options)
            ?? throw new PermanentFailureException(
                "input",
                $"Give at most {PersonQuestion.MostOptions} options, each of them a text."
            );
        var request = PersonQuestion.Of(question, choices, "The answer goes back to the program that asks.") with
        {
            Approvers = input.Approvers ?? [],
            DecideWithin = input.AnswerWithinSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var outcome = await job.RequestApprovalAsync(request);
        return outcome is { Approved: true, Expired: false }
            ? new(true, PersonQuestion.Said(outcome), outcome.Comment, outcome.DecidedBy)
            : new(false, null, outcome.Comment, outcome.DecidedBy);
    }
}
