using System.Diagnostics;
using System.Globalization;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
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
internal sealed class StepTries(Attempt attempt, Scope scope, StepPlan step, int tries, ServicePolicy? policy)
    : IServiceTries
{
    private readonly long since = Stopwatch.GetTimestamp();
    private (Exception Problem, StepFailure Failure)? last;

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
        );
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

    public async Task RecordRetryAsync(StepFailure failure)
    {
        var contribution = new Contribution { Retries = 1 };
        var running = scope.StepEnds(contribution)!;
        contribution.Steps.Add(Row("running", null, null, EventData.Of(failure.Failure), running.ElapsedMs));
        contribution.Events.Add(
            new(
                EventTypes.StepRetrying,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{step.Name} failed ({failure.Failure.Message}); try {Tries + 1} of {failure.MaxTries} in {failure.RetryIn!.Value.TotalSeconds:0.#} s"
                ),
                EventData.Of(
                    new
                    {
                        key = step.Key,
                        name = step.Name,
                        attempt = Tries,
                        delaySeconds = failure.RetryIn.Value.TotalSeconds,
                        reason = failure.Failure.Message,
                        kind = failure.Failure.Type,
                        service = step.Options.Service,
                        requestId = failure.RequestId,
                    }
                ),
                "warning"
            )
        );
        await attempt.RecordAsync(contribution);
    }

    /// <summary>Before the branch waits for the service: what was said before is told, and stays told.</summary>
    public async Task RecordWaitingAsync()
    {
        // The start of a step that must not repeat is a promise of its own.
        if (step.Options.NotIdempotent)
            return;
        var contribution = new Contribution();
        scope.Flush(contribution);
        contribution.Steps.Add(Row("running", null, null, null, 0) with { Attempt = Tries - 1 });
        await attempt.RecordAsync(contribution);
    }

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
            if (Stopwatch.GetElapsedTime(since).TotalSeconds > policy.StepTimeoutSeconds)
            {
                pause = null;
                said += $" The step was given up after {policy.StepTimeoutSeconds:0} s.";
            }
        }
        if (pause is null && verdict.Hint is { } hint)
            said = $"{said.TrimEnd('.')}. {hint}";
        return new(new JobFailure(verdict.Kind, said, step.Key, again), pause, most, fault.RequestId);
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
internal sealed record StepFailure(JobFailure Failure, TimeSpan? RetryIn, int MaxTries, string? RequestId);
