using System.Diagnostics;
using System.Globalization;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Leases;
using AgentControl.Core.Services;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Services;
using Polly.Timeout;

namespace AgentControl.Engine.Execution;

/// <summary>What identifies a step in the journal, and how it is run.</summary>
internal sealed record StepPlan(string Key, string Name, byte[]? InputHash, StepOptions Options)
{
    public string Kind => Options.NotIdempotent ? "once:" + Options.Kind : Options.Kind;
}

/// <summary>The tries of one step in this attempt: what each failure means, and what is recorded of it.</summary>
/// <param name="spent">How long tries took in attempts before this one.</param>
internal sealed class StepTries(
    Attempt attempt,
    Scope scope,
    StepPlan step,
    int tries,
    AttemptParts parts,
    TimeSpan spent
) : IServiceTries
{
    private readonly ServicePolicy? policy = step.Options.Service is { } service ? parts.Policies.Of(service) : null;
    private readonly long since = Stopwatch.GetTimestamp();
    private (Exception Problem, StepFailure Failure)? last;
    private IDisposable? resting;

    /// <summary>1 for the first.</summary>
    public int Tries { get; private set; } = tries;

    /// <summary>As <see cref="ServicePolicy"/> caps it; a limit that the code itself gives comes first.</summary>
    public TimeSpan AttemptTimeout =>
        step.Options.Timeout
        ?? TimeSpan.FromSeconds(
            step.Options.Streams
                ? policy!.TotalTimeoutSeconds
                : Math.Min(policy!.RequestTimeoutSeconds, policy.TotalTimeoutSeconds)
        );

    /// <summary>The pause before a try on the spot is over.</summary>
    public void PauseEnds() => resting?.Dispose();

    public RunningStep Begin()
    {
        var running = new RunningStep(
            step.Key,
            step.Name,
            step.Kind,
            Tries,
            step.InputHash,
            step.Options.Service,
            scope.RidingCount
        )
        {
            Limit = policy is null ? step.Options.Timeout : AttemptTimeout,
        };
        scope.StepBegins(running);
        return running;
    }

    public TimeSpan? PauseHere(Exception problem) =>
        !attempt.Holding
        && FaultOf(problem) is not null
        && Judge(problem).RetryIn is { } pause
        && pause.TotalSeconds <= policy!.ParkAfterSeconds
            ? pause
            : null;

    public async Task TryAgainAsync(Exception problem)
    {
        await RecordRetryAsync(Judge(problem));
        resting = attempt.Rests.Rest();
        Tries++;
    }

    /// <summary>What follows from a failure. Asked again about the same one, it says the same.</summary>
    public StepFailure Judge(Exception problem)
    {
        if (last is { } known && ReferenceEquals(known.Problem, problem))
            return known.Failure;
        var failure = policy is not null && FaultOf(problem) is { } fault ? OfService(fault) : OfCode(problem);
        last = (problem, failure);
        return failure;
    }

    /// <summary>A failed try that is not the last, or about which a person is asked.</summary>
    public async Task RecordRetryAsync(StepFailure failure)
    {
        var contribution = new Contribution { Retries = failure.Asks ? 0 : 1, Usage = failure.Usage };
        var running = scope.StepEnds(contribution)!;
        var trouble = EventData.Of(StepTrouble.Of(failure.Failure, failure.Asks));
        contribution.Steps.Add(
            Row("running", null, null, trouble, running.ElapsedMs) with
            {
                Usage = EventData.Of(new StepSpent(Spent.TotalMilliseconds)),
            }
        );
        var next = failure.RetryIn is { } pause
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"try {Tries + 1} of {failure.MaxTries} in {pause.TotalSeconds:0.#} s"
            )
            : "a person decides how it goes on";
        contribution.Events.Add(
            new(
                EventTypes.StepRetrying,
                $"{step.Name} failed ({failure.Failure.Message}); {next}",
                EventData.Of(
                    new
                    {
                        key = step.Key,
                        name = step.Name,
                        attempt = Tries,
                        delaySeconds = failure.RetryIn?.TotalSeconds,
                        reason = failure.Failure.Message,
                        kind = failure.Failure.Type,
                        service = step.Options.Service,
                        detail = step.Options.Detail,
                        requestId = failure.RequestId,
                        usage = failure.Usage,
                    }
                ),
                "warning"
            )
        );
        Watch(contribution, running, failure);
        await attempt.RecordAsync(contribution);
        if (step.Options.Service is { } service && !failure.Asks)
            parts.Circuits.Retried(service, attempt.Job.Agent);
    }

    /// <summary>What is unusual about a failed try travels with its record.</summary>
    public void Watch(Contribution contribution, RunningStep running, StepFailure failure) =>
        attempt.Anomalies.Failed(
            contribution,
            new(
                step.Key,
                step.Name,
                step.Options.Service,
                failure.Failure.Type,
                failure.Failure.Message,
                Tries,
                running.ElapsedMs / 1000,
                failure.RetryIn?.TotalSeconds,
                attempt.Anomalies.Now
            )
        );

    /// <summary>Before the branch waits for the service: what was said before is told, and stays told.</summary>
    public async Task RecordWaitingAsync(CircuitWaitException closed)
    {
        // The start of a step that must not repeat is a promise of its own.
        if (step.Options.NotIdempotent)
            return;
        var contribution = new Contribution();
        scope.StepEnds(contribution);
        contribution.Steps.Add(
            Row("running", null, null, null, 0) with
            {
                Attempt = Tries - 1,
                Usage = EventData.Of(new StepSpent((closed.WasProbe ? spent : Spent).TotalMilliseconds)),
            }
        );
        await attempt.RecordAsync(contribution);
    }

    /// <summary>The step's service is left alone, and another one is there: the step ends without a call.</summary>
    public StepFailure GiveWay(CircuitWaitException closed, StepFallback way)
    {
        if (!closed.WasProbe)
            Begin();
        var failure = new JobFailure(JobFailure.CircuitOpen, closed.Message, step.Key, Retryable: true)
        {
            Fallback = way.Name,
        };
        return new(failure, null, Tries, null);
    }

    /// <summary>The step as the journal would tell it now.</summary>
    public BegunStep Begun(StepFailure failure) => new(Tries, step.Options.NotIdempotent, Spent, failure.Failure);

    /// <summary>How long the tries took, in all attempts.</summary>
    private TimeSpan Spent => spent + Stopwatch.GetElapsedTime(since);

    public StepRecord Row(string state, int? eventIndex, byte[]? result, string? error, double elapsedMs) =>
        new(
            step.Key,
            step.Name,
            step.Kind,
            state,
            eventIndex,
            Tries,
            step.InputHash,
            result,
            error,
            step.Options.Service,
            null,
            elapsedMs
        );

    private StepFailure OfCode(Exception problem)
    {
        var failure = JobFailure.From(problem) with { Step = step.Key };
        var most = attempt.Job.MaxAttempts;
        var again = failure.Retryable && !step.Options.NotIdempotent && Tries < most;
        return new(failure, again ? StrikeRules.RetryDelay(Tries) : null, most, null);
    }

    private StepFailure OfService(ServiceFault fault)
    {
        var verdict = FailureClassifier.Classify(fault, policy!.Retry);
        var said = fault.Describe(step.Options.Service!);
        var most = policy.Retry.MaxRetries + 1;
        var again = verdict.Course == FailureCourse.Retry;
        TimeSpan? pause = null;
        if (again && !step.Options.NotIdempotent && Tries < most)
        {
            var own = policy.Retry.Delay(Tries, Random.Shared.NextDouble());
            pause = verdict.After > own ? verdict.After : own;
            if (Spent.TotalSeconds > policy.StepTimeoutSeconds)
            {
                pause = null;
                said = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{said.TrimEnd('.')}. The step was given up after {policy.StepTimeoutSeconds:0.###} s."
                );
            }
        }
        var way = step.Options.Fallbacks.FirstOrDefault(f => f.Uses.Contains(verdict.Fallback));
        // A service that asks for a long wait is not waited for where another one is there.
        if (way is not null && verdict.After?.TotalSeconds > policy.ParkAfterSeconds)
            pause = null;
        if (pause is not null)
            way = null;
        var asks = way is null && verdict.Course == FailureCourse.AskPerson;
        if (pause is null && verdict.Hint is { } hint)
            said = $"{said.TrimEnd('.')}. {hint}";
        var failure = new JobFailure(verdict.Kind, said, step.Key, again) { Fallback = way?.Name };
        return new(failure, pause, most, fault.RequestId) { Asks = asks, Usage = fault.Usage };
    }

    /// <summary>What a failure says of the service; null where it is about something else.</summary>
    public static ServiceFault? FaultOf(Exception problem) =>
        problem is TimeoutRejectedException late
            ? new ServiceFault
            {
                Code = ServiceFault.TimedOut,
                Message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"its {late.Timeout.TotalSeconds:0.###} s are over"
                ),
            }
            : ServiceFault.Of(problem);
}

/// <summary>What follows from a failed try.</summary>
/// <param name="RetryIn">The pause before the next one; null where there is none.</param>
/// <param name="MaxTries">How many there may be.</param>
/// <param name="RequestId">The service's id of the call, for its support.</param>
internal sealed record StepFailure(JobFailure Failure, TimeSpan? RetryIn, int MaxTries, string? RequestId)
{
    /// <summary>Whether a person decides how it goes on.</summary>
    public bool Asks { get; init; }

    /// <summary>What the failed call took all the same.</summary>
    public ModelUsage? Usage { get; init; }
}
