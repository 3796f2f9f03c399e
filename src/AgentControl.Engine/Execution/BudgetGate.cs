using AgentControl.Core.Anomalies;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>Stands before each call of a model: at 80 % of a limit it warns, at 100 % it asks a person and lets nothing through.</summary>
internal sealed class BudgetGate(Attempt attempt, Scope scope, WaitRunner waits, BudgetStore store)
{
    private enum Way
    {
        Pass,
        Wait,
        Ask,
        Finish,
        Refuse,
        Stop,
    }

    /// <summary>Returns where the call may begin. Leaves the branch where a person is asked.</summary>
    /// <exception cref="StepFailedException">The job is to finish; recorded as the step's end.</exception>
    public async Task PassAsync(StepPlan step)
    {
        var (way, said, question) = await attempt.ReachAsync(
            scope,
            () => attempt.Budget.AloneAsync(() => JudgeAsync(step), attempt.Cancellation)
        );
        switch (way)
        {
            case Way.Ask:
                await waits.AskAsync(said, question!);
                break;
            case Way.Wait:
                await attempt.NeverAsync<bool>(scope);
                break;
            case Way.Finish:
                throw await RefuseAsync(step, new JobFailure(JobFailure.BudgetFinish, said, step.Key));
            case Way.Refuse:
                throw await RefuseAsync(step, new JobFailure(JobFailure.Budget, said, step.Key));
            case Way.Stop:
                attempt.StopForBudget(said);
                attempt.Cancellation.ThrowIfCancellationRequested();
                break;
            default:
                break;
        }
    }

    private async Task<(Way, string, ApprovalRequest?)> JudgeAsync(StepPlan step)
    {
        var budget = attempt.Budget;
        if (budget.Loaded is not { } loaded)
        {
            budget.Loaded = loaded = await store.LoadAsync(attempt.Job.Id, attempt.Cancellation);
            (budget.Limits, budget.Calls) = (loaded.Limits, loaded.Calls);
        }
        if (loaded.First.IsEmpty)
            return (Way.Pass, "", null);
        var own = loaded.Answers.Where(a => IsOurs(a.Key)).ToList();
        // What rode before the question was told with it.
        if (own.Exists(a => a.Key.Step == step.Key))
            scope.Told();
        if (own.Find(a => BudgetAnswer.Choice(a.Outcome) == BudgetAnswer.Stop) is { Outcome: { } stop })
            return (
                Way.Stop,
                $"The budget is spent, and {stop.DecidedBy} stopped the job. {stop.Comment}".Trim(),
                null
            );
        if (budget.Asked || attempt.Journal.IsAnyOpen(BudgetKey.Mark))
            return (Way.Wait, "", null);
        if (own.Find(a => BudgetAnswer.Choice(a.Outcome) == BudgetAnswer.Finish) is { Outcome: { } finish })
            return Finishing(finish, step);
        // Another try of a call, after a failure, a park or a crash, is the same call.
        var again = budget.Begun.Contains(step.Key) || attempt.Journal.Begun(step.Key) is not null;
        var readings = BudgetMeter.Read(
            await store.UsedAsync(attempt.Job.Id, attempt.Cancellation) with
            {
                ModelCalls = again ? budget.Calls - 1 : budget.Calls,
            },
            budget.Limits
        );
        await WarnAsync(readings.Where(r => r.Level >= BudgetLevel.Warn));
        var spent = readings.Where(r => r.Level == BudgetLevel.Spent).ToList();
        if (spent.Count == 0)
        {
            if (!again)
                Begin(step);
            return (Way.Pass, "", null);
        }
        budget.Asked = true;
        var number = own.Select(a => a.Key.Number).DefaultIfEmpty().Max() + 1;
        var key = new BudgetKey(
            attempt.Job.ShortId,
            attempt.Job.Generation,
            number,
            [.. spent.Select(r => r.Measure)],
            step.Key
        );
        return (Way.Ask, key.ToString(), Question(step, key, readings, spent, loaded.First));
    }

    /// <summary>Decisions of this run of the job: after a person's retry the question is asked anew.</summary>
    private bool IsOurs(BudgetKey key) => key.Job == attempt.Job.ShortId && key.Generation == attempt.Job.Generation;

    /// <summary>Each branch is told once, and then has one answer of a model left.</summary>
    private (Way, string, ApprovalRequest?) Finishing(ApprovalOutcome finish, StepPlan step)
    {
        if (!scope.Finishing)
            return (
                Way.Finish,
                $"The budget is spent, and {finish.DecidedBy} asks to finish now. {finish.Comment}".Trim(),
                null
            );
        if (scope.LastAnswers > 0)
            return (Way.Refuse, "The budget is spent, and the last call of a model was made.", null);
        Begin(step);
        return (Way.Pass, "", null);
    }

    private void Begin(StepPlan step)
    {
        attempt.Budget.Calls++;
        attempt.Budget.Begun.Add(step.Key);
    }

    private async Task WarnAsync(IEnumerable<BudgetReading> near)
    {
        foreach (var reading in near)
        {
            attempt.Budget.Warned ??= await store.WarnedAsync(attempt.Job.Id, attempt.Cancellation);
            if (!attempt.Budget.Warned.Add(BudgetStore.WarningOf(reading)))
                continue;
            scope.Ride(
                new(
                    EventTypes.Anomaly,
                    $"The budget is {(reading.Level == BudgetLevel.Spent ? "spent" : "nearly spent")}: {reading.Text}",
                    EventData.Of(
                        new
                        {
                            kind = AnomalyKinds.Budget,
                            cause = reading.Measure,
                            amount = reading.Used,
                            usual = reading.Limit,
                            unit = reading.Measure,
                            data = new
                            {
                                measure = reading.Measure,
                                used = reading.Used,
                                limit = reading.Limit,
                            },
                        }
                    ),
                    "warning"
                )
            );
        }
    }

    private static ApprovalRequest Question(
        StepPlan step,
        BudgetKey key,
        IReadOnlyList<BudgetReading> readings,
        IReadOnlyList<BudgetReading> spent,
        Budget first
    )
    {
        var extra = string.Join(" and ", key.Measures.Select(m => BudgetMeter.Text(m, first.Of(m)!.Value)));
        return new()
        {
            Kind = ApprovalKinds.Budget,
            Title = $"The budget is spent: {string.Join(", ", spent.Select(r => r.Text))}",
            Body =
                $"Before step `{step.Key}` the job has used what it may. No further call of a model begins until you choose; what needs no model goes on. {BudgetAnswer.HowTo(key, first)}",
            Content = string.Join('\n', readings.Select(r => r.Text)),
            ContentType = "text/plain",
            Decisions = [ApprovalDecision.Choose, ApprovalDecision.Respond],
            Options =
            [
                new(BudgetAnswer.More, $"{extra} more", "The limit grows by what it was at first."),
                new(
                    BudgetAnswer.Finish,
                    "Finish now",
                    "The agent is told, and has one last call for its final answer."
                ),
                new(BudgetAnswer.Stop, "Stop", "The job fails. Its recorded steps stay for a retry."),
            ],
        };
    }

    /// <summary>The call that does not begin is the step's recorded end: a replay goes the same way.</summary>
    private async Task<StepFailedException> RefuseAsync(StepPlan step, JobFailure failure)
    {
        var contribution = new Contribution();
        scope.Flush(contribution);
        contribution.Steps.Add(
            new(
                step.Key,
                step.Name,
                step.Kind,
                "failed",
                contribution.Events.Count,
                0,
                step.InputHash,
                null,
                EventData.Of(failure),
                step.Options.Service,
                null,
                0
            )
        );
        contribution.Events.Add(
            new(
                EventTypes.StepFailed,
                $"{step.Name} was not begun: {failure.Message}",
                EventData.Of(
                    new
                    {
                        key = step.Key,
                        name = step.Name,
                        attempt = 0,
                        failure,
                    }
                ),
                "warning"
            )
        );
        var reply = await attempt.RecordAsync(contribution);
        scope.Recorded(reply.Now);
        scope.ModelEnded(failure.Type);
        return new StepFailedException(step.Key, failure);
    }
}
