using AgentControl.Engine.Dispatch;

namespace AgentControl.Engine.Execution;

/// <summary>Rings where an attempt's end made somebody else ready: the parent, the next queue, the same lane once more.</summary>
internal sealed class AttemptAftermath(Bells bells)
{
    public void After(Attempt attempt)
    {
        if (attempt.Final is not { } row)
            return;
        if (attempt.Continued is { } next)
            bells.RingJob(attempt.Job.Queue, next);
        if (row.State is "succeeded" or "failed" or "cancelled" && attempt.Job.ParentId is { } parent)
            bells.RingParent(parent);
        if (row.State == "queued")
            bells.RingLane(attempt.Last.End?.Queue ?? attempt.Job.Queue, 1);
    }
}
