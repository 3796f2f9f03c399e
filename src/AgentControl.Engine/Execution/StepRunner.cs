using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.LanguageModels;
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

    private readonly StepQuestions questions = new(attempt, scope, waits);
    private readonly BudgetGate budget = new(attempt, scope, waits, parts.Budgets);

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
                : Replay<T>(entry, inputHash);
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
        var begun = attempt.Journal.Begun(key);
        if (begun is not null)
        {
            scope.Told();
            if (await questions.DecideAsync<T>(step, begun) is { Done: true } decided)
                return decided.Value!;
            if (attempt.Journal.IsOpen(RetryKey(key)))
                return await attempt.NeverAsync<T>(scope);
        }
        if (options.Kind == ModelSteps.Kind)
            await budget.PassAsync(step);
        return await RunBodyAsync(step, body, (begun?.Tries ?? 0) + 1, record, begun?.Spent ?? default);
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

    private T Replay<T>(JournalEntry entry, byte[]? inputHash)
    {
        scope.Replayed(entry.CompletedAt);
        // It counts for what comes later; what it meant was told by the first run.
        attempt.Anomalies.Ended(scope, entry.Key, entry.Name, inputHash, entry.CompletedAt);
        var failure =
            entry.State == "failed"
                ? JournalJson.Deserialize<JobFailure>(System.Text.Encoding.UTF8.GetBytes(entry.Error!))!
                : null;
        if (entry.Kind == ModelSteps.Kind)
            scope.ModelEnded(failure?.Type);
        if (failure is not null)
            throw new StepFailedException(entry.Key, failure);
        return JournalJson.Deserialize<T>(entry.Result)!;
    }

    private static string Bare(string kind) =>
        kind.StartsWith("once:", StringComparison.Ordinal) ? kind["once:".Length..] : kind;

    private async Task<T> RunBodyAsync<T>(
        StepPlan step,
        Func<StepCall, Task<T>> body,
        int first,
        Func<Contribution, T, Task<RecordReply>>? record,
        TimeSpan spent = default
    )
    {
        var tries = new StepTries(attempt, scope, step, first, parts, spent);
        T value;
        byte[] result;
        try
        {
            value = step.Options.Service is null
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
            if (await OtherWayAsync(step) is { } way)
                return await FailAsync<T>(step, tries, tries.GiveWay(closed, way));
            await tries.RecordWaitingAsync(closed);
            await waits.OpenServiceAsync(ServiceKey(step.Key), closed.After, step.Options.Service!);
            await parts.Circuits.WaitingAsync(attempt.Job.Id, ServiceKey(step.Key), step.Options.Service!);
            return await attempt.NeverAsync<T>(scope);
        }
        catch (Exception problem) when (problem is not LeaseLostException)
        {
            return await FailAsync<T>(step, tries, tries.Judge(problem));
        }
        var contribution = new Contribution { Usage = (value as IHasUsage)?.Usage };
        var running = scope.StepEnds(contribution)!;
        contribution.Steps.Add(
            tries.Row("completed", contribution.Events.Count, result, null, running.ElapsedMs) with
            {
                Usage = contribution.Usage is { } usage ? EventData.Of(usage) : null,
            }
        );
        contribution.Events.Add(
            new(EventTypes.StepCompleted, $"{step.Name} completed", EventData.Step(step.Key, step.Name, tries.Tries))
        );
        attempt.Anomalies.Ended(contribution, scope, running, step.InputHash);
        var reply = await (record is null ? attempt.RecordAsync(contribution) : record(contribution, value));
        attempt.Journal.Count(result.Length);
        scope.Recorded(reply.Now);
        if (step.Options.Kind == ModelSteps.Kind)
            scope.ModelEnded(null);
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
        CancellationToken limit,
        Action? notCalled = null
    )
    {
        var running = tries.Begin();
        if (step.Options.NotIdempotent)
            await CommitStartAsync(running);
        var id = StepIds.Of(attempt.Job.Id, step.Key, attempt.Job.Generation);
        var call = new StepCall(id, step.Key, tries.Tries, limit);
        if (notCalled is not null)
            call = call with { NotCalled = notCalled };
        if (!step.Options.Streams)
            return await body(call);
        using var output = parts.Outputs.Open(attempt.Job.Id, step.Key, tries.Tries);
        return await body(call with { Write = output.Write });
    }

    /// <summary>One try of a step that calls a service: behind its circuit, which hears how it went.</summary>
    private async Task<T> BeginBehindCircuitAsync<T>(StepPlan step, Func<StepCall, Task<T>> body, StepTries tries)
    {
        CircuitPass pass;
        tries.PauseEnds();
        // Behind a circuit that has just closed there is a short wait for one's place.
        using (attempt.Rests.Rest())
            pass = await parts.Circuits.EnterAsync(step.Options.Service!, attempt.Job.Agent, attempt.Cancellation);
        var called = true;
        T value;
        try
        {
            value = await parts.Services.WithinTimeAsync(
                tries,
                limit => BeginAsync(step, body, tries, limit, () => called = false),
                attempt.Cancellation
            );
        }
        catch (Exception problem)
        {
            var ours = problem is LeaseLostException || attempt.Cancellation.IsCancellationRequested;
            var fault = ours ? null : StepTries.FaultOf(problem);
            // A probe that fails leaves open what is told already.
            if (await pass.FailedAsync(fault) && !pass.IsProbe)
                scope.Ride(await parts.Circuits.OpenedAsync(step.Options.Service!, fault!));
            // Who finds the service still down has used up no try: a long outage costs no job its retries.
            if (fault is not null && !step.Options.NotIdempotent && pass.FoundDown(fault) is { } stillDown)
                throw stillDown;
            throw;
        }
        if (!called)
            await pass.NotCalledAsync();
        else if (await pass.SucceededAsync() is { } open)
            scope.Ride(CircuitEvents.Closed(step.Options.Service!, open, attempt.Anomalies.Now));
        return value;
    }

    /// <summary>The first of the step's other ways whose service is not known to be down.</summary>
    private async Task<StepFallback?> OtherWayAsync(StepPlan step)
    {
        foreach (var way in step.Options.Fallbacks.Where(w => w.Uses.Contains(FallbackUse.Allowed)))
        {
            if (await parts.Circuits.IsClosedAsync(way.Service, attempt.Cancellation))
                return way;
        }
        return null;
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
        if (failure.Asks)
        {
            await tries.RecordRetryAsync(failure);
            return (await questions.DecideAsync<T>(step, tries.Begun(failure))).Value!;
        }
        if (failure.RetryIn is { } delay)
        {
            await tries.RecordRetryAsync(failure);
            await waits.OpenRetryAsync(RetryKey(step.Key), delay, step.Name);
            return await attempt.NeverAsync<T>(scope);
        }
        var contribution = new Contribution { Usage = failure.Usage };
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
                        service = step.Options.Service,
                        detail = step.Options.Detail,
                        requestId = failure.RequestId,
                        usage = failure.Usage,
                    }
                ),
                "error"
            )
        );
        tries.Watch(contribution, running, failure);
        attempt.Anomalies.Ended(contribution, scope, running, step.InputHash);
        var reply = await attempt.RecordAsync(contribution);
        scope.Recorded(reply.Now);
        if (step.Options.Service is { } service && failure.Failure.Fallback is not null)
            parts.Circuits.FellBack(service);
        throw new StepFailedException(step.Key, failure.Failure);
    }

    public static string RetryKey(string key) => key + "~retry";

    private static string ServiceKey(string key) => key + "~service";
}
