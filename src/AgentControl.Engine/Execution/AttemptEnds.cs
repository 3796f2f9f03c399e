using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Core.Leases;
using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>The ways an attempt can end, each with its event.</summary>
internal static class AttemptEnds
{
    public static EndRecord Succeeded(byte[] output, Attempt attempt) =>
        new()
        {
            State = "succeeded",
            Output = output,
            Wakes = attempt.Wakes,
            Event = new(EventTypes.JobSucceeded, "Completed"),
        };

    /// <summary>A passing failure waits and tries again while strikes are left; any other, and a recorded one, ends the job with its story.</summary>
    public static EndRecord Failed(Exception problem, Attempt attempt)
    {
        var failure = JobFailure.From(problem);
        var strikes = attempt.Progressed ? 1 : attempt.Job.Strikes;
        if (failure.Retryable && JobFailure.RecordedIn(problem) is null && strikes < attempt.Job.MaxAttempts)
        {
            var delay = StrikeRules.RetryDelay(strikes);
            return new()
            {
                State = "waiting",
                Wakes = attempt.Wakes,
                Orderly = false,
                RetrySeconds = delay.TotalSeconds,
                Event = new(
                    EventTypes.JobParked,
                    $"Attempt failed ({failure.Message}); tries again in {delay.TotalSeconds:0} s",
                    EventData.Of(
                        new
                        {
                            kind = "retry",
                            delaySeconds = delay.TotalSeconds,
                            strikes,
                            failure,
                        }
                    ),
                    "warning"
                ),
            };
        }
        return new()
        {
            State = "failed",
            Outcome = failure.Type,
            Error = EventData.Of(failure),
            Wakes = attempt.Wakes,
            Orderly = false,
            Event = new(EventTypes.JobFailed, failure.Message, EventData.Of(new { failure, strikes }), "error"),
        };
    }

    public static EndRecord TimedOut(Attempt attempt)
    {
        var message = attempt.TimeoutMessage ?? "The job ran longer than its timeout.";
        attempt.Last.Events.Add(AnomalyEvents.JobTimedOut(message));
        return StoppedBy(attempt, new JobFailure(JobFailure.Timeout, message));
    }

    public static EndRecord BudgetSpent(Attempt attempt) =>
        StoppedBy(attempt, new JobFailure(JobFailure.Budget, attempt.BudgetMessage ?? "The budget is spent."));

    private static EndRecord StoppedBy(Attempt attempt, JobFailure failure) =>
        new()
        {
            State = "failed",
            Outcome = failure.Type,
            Error = EventData.Of(failure),
            Wakes = attempt.Wakes,
            Event = new(EventTypes.JobFailed, failure.Message, EventData.Of(new { failure }), "error"),
        };

    public static EndRecord Cancelled(Attempt attempt) =>
        new()
        {
            State = "cancelled",
            Outcome = "cancelled",
            Wakes = attempt.Wakes,
            Event = new(EventTypes.JobCancelled, "Cancelled"),
        };

    public static EndRecord Parked(Attempt attempt) =>
        new()
        {
            State = "waiting",
            Wakes = attempt.Wakes,
            Event = new(EventTypes.JobParked, "Parked: every branch waits"),
        };

    /// <summary>There is work left that this attempt may not begin: the job goes back as it is.</summary>
    public static EndRecord Released(Attempt attempt, string message) =>
        new()
        {
            State = "queued",
            Wakes = attempt.Wakes,
            Event = new(EventTypes.JobParked, message, EventData.Of(new { kind = "released" })),
        };

    public static EndRecord HandedOver(Attempt attempt, string queue) =>
        new()
        {
            State = "queued",
            Queue = queue,
            Wakes = attempt.Wakes,
            Rested = attempt.Rests.Total,
            Event = new(EventTypes.JobParked, $"Goes on in queue {queue}", EventData.Of(new { kind = "queue", queue })),
        };
}
