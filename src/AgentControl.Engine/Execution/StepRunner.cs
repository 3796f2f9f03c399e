using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Services;
using AgentControl.Core.Steps;
using AgentControl.Core.Waits;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Services;

namespace AgentControl.Engine.Execution;

/// <summary>Replay or run, then record: the heart of a durable step.</summary>
internal sealed class StepRunner(Attempt attempt, Scope scope, WaitRunner waits, AttemptParts parts)
{
    /// <summary>Most bytes of one result; the workspace is the place for more.</summary>
    public const int MaxResultBytes = 1024 * 1024;

    public async Task<T> RunAsync<T>(
        string name,
        byte[]? inputHash,
        Func<StepCall, Task<T>> body,
        StepOptions options,
        Func<Contribution, T, Task<RecordReply>>? record = null
    )
    {
        name = Texts.Clean(name, int.MaxValue);
        var key = options.Key is { } given ? StepKey.Checked(Texts.Clean(given, int.MaxValue)) : scope.NextKey(name);
        if (attempt.Journal.Find(key, out var again) is { } entry && !again)
        {
            return Contradiction(entry, name, options.Kind, inputHash) is { } problem
                ? await attempt.DivergeAsync<T>(scope, new NonDeterminismException(key, problem))
                : Replay<T>(entry);
        }
        attempt.Cancellation.ThrowIfCancellationRequested();
        if (again || !attempt.Claim(key))
            throw new PermanentFailureException(
                "duplicateKey",
                $"The key '{key}' was used twice in this job. Give each step a key of its own."
            );
        if (attempt.Holding)
            return await attempt.HoldBackAsync<T>(scope);
        if (attempt.Journal.IsFull)
            throw new PermanentFailureException(
                "journalFull",
                $"The job has recorded {Journal.MaxSteps:N0} steps or {Journal.MaxBytes / 1024 / 1024} MiB of results, which is all that one journal holds. Go on with ContinueAsNewAsync."
            );
        if (attempt.Journal.IsOpen(ServiceKey(key)))
        {
            scope.Told();
            return await attempt.NeverAsync<T>(scope);
        }
        var step = new StepPlan(key, name, inputHash, options);
        if (attempt.Journal.Begun(key) is not { } begun)
            return await RunBodyAsync(step, body, 1, record);
        var (tries, unknown) = begun;
        scope.Told();
        if (unknown && await DecideUnknownAsync<T>(key, name, options.Kind, tries) is { Done: true } decided)
            return decided.Value!;
        if (attempt.Journal.IsOpen(RetryKey(key)))
            return await attempt.NeverAsync<T>(scope);
        return await RunBodyAsync(step, body, tries + 1, record);
    }

    /// <summary>Why the entry cannot be the answer to this call; null where it is.</summary>
    private static string? Contradiction(JournalEntry entry, string name, string kind, byte[]? inputHash)
    {
        if (entry.Name != name || Bare(entry.Kind) != kind)
            return $"The journal holds {entry.Kind} '{entry.Name}' under '{entry.Key}', the code asks for {kind} '{name}'.";
        return inputHash is not null && entry.InputHash is { } recorded && !recorded.AsSpan().SequenceEqual(inputHash)
            ? $"Step '{entry.Key}' was recorded with another input than the code gives now."
            : null;
    }

    private T Replay<T>(JournalEntry entry)
    {
        scope.Replayed(entry.CompletedAt);
        if (entry.State == "failed")
            throw new StepFailedException(
                entry.Key,
                JournalJson.Deserialize<JobFailure>(System.Text.Encoding.UTF8.GetBytes(entry.Error!))!
            );
        return JournalJson.Deserialize<T>(entry.Result)!;
    }

    private static string Bare(string kind) =>
        kind.StartsWith("once:", StringComparison.Ordinal) ? kind["once:".Length..] : kind;

    private async Task<T> RunBodyAsync<T>(
        StepPlan step,
        Func<StepCall, Task<T>> body,
        int first,
        Func<Contribution, T, Task<RecordReply>>? record
    )
    {
        var policy = step.Options.Service is { } service ? parts.Policies.Of(service) : null;
        var tries = new StepTries(attempt, scope, step, first, policy);
        T value;
        byte[] result;
        try
        {
            value = policy is null
                ? await CallAsync(step, body, tries)
                : await parts.Services.RetryAsync(
                    tries,
                    () => BeginBehindCircuitAsync(step, body, tries),
                    attempt.Cancellation
                );
            result = Serialize(step.Key, value);
        }
        catch (OperationCanceledException) when (attempt.Cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (CircuitWaitException closed)
        {
            await tries.RecordWaitingAsync();
            await waits.OpenServiceAsync(ServiceKey(step.Key), closed.After, step.Options.Service!);
            return await attempt.NeverAsync<T>(scope);
        }
        catch (Exception problem) when (problem is not LeaseLostException)
        {
            return await FailAsync<T>(step, tries, tries.Judge(problem));
        }
        var contribution = new Contribution();
        var running = scope.StepEnds(contribution)!;
        contribution.Steps.Add(tries.Row("completed", contribution.Events.Count, result, null, running.ElapsedMs));
        contribution.Events.Add(
            new(EventTypes.StepCompleted, $"{step.Name} completed", EventData.Step(step.Key, step.Name, tries.Tries))
        );
        var reply = await (record is null ? attempt.RecordAsync(contribution) : record(contribution, value));
        attempt.Journal.Count(result.Length);
        scope.Recorded(reply.Now);
        return JournalJson.Deserialize<T>(result)!;
    }

    private async Task<T> CallAsync<T>(StepPlan step, Func<StepCall, Task<T>> body, StepTries tries)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(attempt.Cancellation);
        if (step.Options.Timeout is { } timeout)
            limit.CancelAfter(timeout);
        try
        {
            return await BeginAsync(step, body, tries, limit.Token);
        }
        catch (OperationCanceledException late)
            when (limit.IsCancellationRequested && !attempt.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Step '{step.Key}' took longer than {step.Options.Timeout!.Value.TotalSeconds:0.###} s.",
                late
            );
        }
    }

    private async Task<T> BeginAsync<T>(
        StepPlan step,
        Func<StepCall, Task<T>> body,
        StepTries tries,
        CancellationToken limit
    )
    {
        var running = tries.Begin();
        if (step.Options.NotIdempotent)
            await CommitStartAsync(running);
        var id = StepIds.Of(attempt.Job.Id, step.Key, attempt.Job.Generation);
        return await body(new StepCall(id, step.Key, tries.Tries, limit));
    }

    /// <summary>One try of a step that calls a service: behind its circuit, which hears how it went.</summary>
    private async Task<T> BeginBehindCircuitAsync<T>(StepPlan step, Func<StepCall, Task<T>> body, StepTries tries)
    {
        var pass = await parts.Circuits.EnterAsync(step.Options.Service!, attempt.Cancellation);
        T value;
        try
        {
            value = await parts.Services.WithinTimeAsync(
                tries,
                limit => BeginAsync(step, body, tries, limit),
                attempt.Cancellation
            );
        }
        catch (Exception problem)
        {
            var ours = problem is LeaseLostException || attempt.Cancellation.IsCancellationRequested;
            var fault = ours ? null : StepTries.FaultOf(problem);
            if (await pass.FailedAsync(fault))
                scope.Ride(CircuitEvents.Opened(step.Options.Service!, fault!));
            throw;
        }
        if (await pass.SucceededAsync())
            scope.Ride(CircuitEvents.Closed(step.Options.Service!));
        return value;
    }

    private static byte[] Serialize<T>(string key, T value)
    {
        var result = JournalJson.Serialize(value);
        return result.Length <= MaxResultBytes
            ? result
            : throw new PermanentFailureException(
                "resultTooLarge",
                $"Step '{key}' returned {result.Length:N0} bytes; at most {MaxResultBytes:N0} are recorded. Write large results to a file of the workspace and return its path."
            );
    }

    /// <summary>The effect of a step that must not repeat begins only after its start is on disk.</summary>
    private async Task CommitStartAsync(RunningStep running)
    {
        var contribution = new Contribution();
        scope.Flush(contribution);
        contribution.Events.Add(running.Started());
        contribution.Steps.Add(running.Row());
        running.Told = true;
        await attempt.RecordAsync(contribution);
    }

    /// <summary>A passing failure makes the branch wait and try again; a final one is recorded and thrown.</summary>
    private async Task<T> FailAsync<T>(StepPlan step, StepTries tries, StepFailure failure)
    {
        if (failure.RetryIn is { } delay)
        {
            await tries.RecordRetryAsync(failure);
            await waits.OpenRetryAsync(RetryKey(step.Key), delay, step.Name);
            return await attempt.NeverAsync<T>(scope);
        }
        var contribution = new Contribution();
        var running = scope.StepEnds(contribution)!;
        contribution.Steps.Add(
            tries.Row("failed", contribution.Events.Count, null, EventData.Of(failure.Failure), running.ElapsedMs)
        );
        contribution.Events.Add(
            new(
                EventTypes.StepFailed,
                $"{step.Name} failed: {failure.Failure.Message}",
                EventData.Of(
                    new
                    {
                        key = step.Key,
                        name = step.Name,
                        attempt = tries.Tries,
                        failure = failure.Failure,
                    }
                ),
                "error"
            )
        );
        var reply = await attempt.RecordAsync(contribution);
        scope.Recorded(reply.Now);
        throw new StepFailedException(step.Key, failure.Failure);
    }

    public static string RetryKey(string key) => key + "~retry";

    private static string ServiceKey(string key) => key + "~service";

    /// <summary>Each start of the step has a question of its own: an answer holds for that start alone.</summary>
    private static string OutcomeKey(string key, int generation, int starts) =>
        $"{key}{Journal.OutcomeMark}{generation}.{starts}";

    /// <summary>A step that must not repeat was begun, and nobody knows whether its effect happened: a person decides.</summary>
    private async Task<(bool Done, T? Value)> DecideUnknownAsync<T>(string key, string name, string kind, int tries)
    {
        var outcome = await waits.AskAsync(
            OutcomeKey(key, attempt.Job.Generation, tries),
            new ApprovalRequest
            {
                Kind = ApprovalKinds.OutcomeUnknown,
                Title = $"Did '{name}' happen?",
                Body =
                    $"The worker was lost while step `{key}` ran, and the step must not run twice. Look whether its effect happened, then choose.",
                Content = key,
                ContentType = "text/plain",
                Decisions = [ApprovalDecision.Choose, ApprovalDecision.Respond],
                Options =
                [
                    new("run", "Run it again", "Its effect did not happen."),
                    new("fail", "Fail the step", "The agent's code sees a failed step."),
                ],
            }
        );
        var choice = outcome.Decision == ApprovalDecision.Choose ? outcome.Value?.GetString() : "take";
        if (choice == "run")
            return (false, default);
        var contribution = new Contribution();
        scope.Flush(contribution);
        var failure = new JobFailure(
            "outcomeUnknown",
            outcome.Comment ?? "A person decided that the step failed.",
            key
        );
        var result = choice == "take" ? JournalJson.Serialize(outcome.Value) : null;
        contribution.Steps.Add(
            new(
                key,
                name,
                "once:" + kind,
                result is null ? "failed" : "completed",
                contribution.Events.Count,
                1,
                null,
                result,
                result is null ? EventData.Of(failure) : null,
                null,
                null,
                0
            )
        );
        contribution.Events.Add(
            new(
                result is null ? EventTypes.StepFailed : EventTypes.StepCompleted,
                result is null
                    ? $"{name} failed by {outcome.DecidedBy}'s decision"
                    : $"{name}: result given by {outcome.DecidedBy}",
                EventData.Step(key, name, 1)
            )
        );
        var reply = await attempt.RecordAsync(contribution);
        scope.Recorded(reply.Now);
        return result is null
            ? throw new StepFailedException(key, failure)
            : (true, JournalJson.Deserialize<T>(result));
    }
}
