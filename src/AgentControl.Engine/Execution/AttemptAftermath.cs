using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Maintenance;

namespace AgentControl.Engine.Execution;

/// <summary>Rings where an attempt's end made somebody else ready: the parent, the next queue, the same lane once more; and where it waits for its next try.</summary>
internal sealed class AttemptAftermath(Bells bells, TimerWaker timers)
{
    public void After(Attempt attempt)
    {
        if (attempt.Final is not { } row)
            return;
        if (attempt.Continued is { } next)
            bells.RingJob(attempt.Job.Queue, next);
        if (row.State is "succeeded" or "failed" or "cancelled" && attempt.Job.ParentId is { } parent)
            bells.RingParent(parent);
        if (attempt.Last.End?.RetrySeconds is not null)
            timers.Ring();
        if (row.State == "queued")
            bells.RingLane(attempt.Last.End?.Queue ?? attempt.Job.Queue, 1);
    }
}
