using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Steps;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>The engine's own questions to people about a step: it may have happened, or its service failed in a way that no rule decides.</summary>
internal sealed class StepQuestions(Attempt attempt, Scope scope, WaitRunner waits)
{
    private const string Again = "run";
    private const string Fail = "fail";

    /// <summary>Waits for a person's answer where one is needed. Done: the step is over; otherwise it runs again.</summary>
    public async Task<(bool Done, T? Value)> DecideAsync<T>(StepPlan step, BegunStep begun)
    {
        if (begun.Asked is { } failure)
            return await DecideFailureAsync<T>(step, begun.Tries, failure);
        return begun.NotIdempotent ? await DecideUnknownAsync<T>(step, begun.Tries) : (false, default);
    }

    /// <summary>Each start of the step has a question of its own: an answer holds for that start alone.</summary>
    private string Key(string mark, StepPlan step, int starts) => $"{step.Key}{mark}{attempt.Job.Generation}.{starts}";

    /// <summary>A step that must not repeat was begun, and nobody knows whether its effect happened.</summary>
    private async Task<(bool Done, T? Value)> DecideUnknownAsync<T>(StepPlan step, int tries)
    {
        var outcome = await waits.AskAsync(
            Key(Journal.OutcomeMark, step, tries),
            new ApprovalRequest
            {
                Kind = ApprovalKinds.OutcomeUnknown,
                Title = $"Did '{step.Name}' happen?",
                Body =
                    $"The worker was lost while step `{step.Key}` ran, and the step must not run twice. Look whether its effect happened, then choose.",
                Content = step.Key,
                ContentType = "text/plain",
                Decisions = [ApprovalDecision.Choose, ApprovalDecision.Respond],
                Options =
                [
                    new(Again, "Run it again", "Its effect did not happen."),
                    new(Fail, "Fail the step", "The agent's code sees a failed step."),
                ],
            }
        );
        return Choice(outcome) switch
        {
            Again => (false, default),
            Fail => throw await FailAsync(
                step,
                1,
                new JobFailure("outcomeUnknown", outcome.Comment ?? "A person decided that the step failed.", step.Key),
                outcome
            ),
            _ => (true, await TakeAsync<T>(step, 1, JournalJson.Serialize(outcome.Value), outcome)),
        };
    }

    /// <summary>The service refused, or answered in a way that nobody foresaw: whether to go on is not for a rule to say.</summary>
    private async Task<(bool Done, T? Value)> DecideFailureAsync<T>(StepPlan step, int tries, JobFailure failure)
    {
        var takes = TakesText<T>() || step.Options.FromPerson is not null;
        var outcome = await waits.AskAsync(
            Key(Journal.FailureMark, step, tries),
            new ApprovalRequest
            {
                Kind = ApprovalKinds.StepFailed,
                Title = $"How does '{step.Name}' go on?",
                Body =
                    $"Step `{step.Key}` got no answer that it can use. Look at the reason, then choose."
                    + (takes ? " Or give the answer yourself." : ""),
                Content = failure.Message,
                ContentType = "text/plain",
                Decisions = takes ? [ApprovalDecision.Choose, ApprovalDecision.Respond] : [ApprovalDecision.Choose],
                Options =
                [
                    new(Again, "Try again", "The same request is sent once more."),
                    new(Fail, "Fail the step", "The agent's code sees a failed step."),
                ],
            }
        );
        return Choice(outcome) switch
        {
            Again => (false, default),
            Fail => throw await FailAsync(
                step,
                tries,
                failure with
                {
                    Message = outcome.Comment is { } why
                        ? $"{failure.Message} {outcome.DecidedBy}: {why}"
                        : failure.Message,
                },
                outcome
            ),
            _ => (true, await TakeAsync<T>(step, tries, Answered<T>(step, outcome.Value), outcome)),
        };
    }

    private static string Choice(ApprovalOutcome outcome) =>
        outcome.Decision == ApprovalDecision.Choose ? outcome.Value?.GetString() ?? Fail : "take";

    /// <summary>Whether what a person writes is a result as it is.</summary>
    private static bool TakesText<T>() =>
        typeof(T) == typeof(string) || typeof(T) == typeof(object) || typeof(T) == typeof(JsonElement);

    private static byte[] Answered<T>(StepPlan step, JsonElement? value) =>
        TakesText<T>() ? JournalJson.Serialize(value)
        : value is { ValueKind: JsonValueKind.String } text
            ? JournalJson.Serialize((T)step.Options.FromPerson!(text.GetString()!))
        : JournalJson.Serialize((T)step.Options.FromPerson!(value?.GetRawText() ?? ""));

    private async Task<StepFailedException> FailAsync(
        StepPlan step,
        int tries,
        JobFailure failure,
        ApprovalOutcome outcome
    )
    {
        await RecordAsync(
            Row(step, "failed", tries) with
            {
                Error = EventData.Of(failure),
            },
            new(
                EventTypes.StepFailed,
                $"{step.Name} failed by {outcome.DecidedBy}'s decision",
                EventData.Step(step.Key, step.Name, tries)
            )
        );
        return new StepFailedException(step.Key, failure);
    }

    private async Task<T?> TakeAsync<T>(StepPlan step, int tries, byte[] result, ApprovalOutcome outcome)
    {
        await RecordAsync(
            Row(step, "completed", tries) with
            {
                Result = result,
            },
            new(
                EventTypes.StepCompleted,
                $"{step.Name}: result given by {outcome.DecidedBy}",
                EventData.Step(step.Key, step.Name, tries)
            )
        );
        return JournalJson.Deserialize<T>(result);
    }

    private static StepRecord Row(StepPlan step, string state, int tries) =>
        new(step.Key, step.Name, step.Kind, state, 0, tries, step.InputHash, null, null, step.Options.Service, null, 0);

    private async Task RecordAsync(StepRecord row, EventRecord line)
    {
        var contribution = new Contribution();
        scope.Flush(contribution);
        contribution.Steps.Add(row with { EventIndex = contribution.Events.Count });
        contribution.Events.Add(line);
        var reply = await attempt.RecordAsync(contribution);
        scope.Recorded(reply.Now);
    }
}
