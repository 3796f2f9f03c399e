using static AgentControl.Core.Jobs.JobState;

namespace AgentControl.Core.Jobs;

/// <summary>The only table of legal moves; the SQL checks repeat it.</summary>
public static class JobTransitions
{
    public static bool IsAllowed(JobState from, JobState to) =>
        from switch
        {
            Scheduled => to is Queued or Cancelled,
            Queued => to is Running or Paused or Failed or Cancelled,
            Running => to is Waiting or Paused or Queued or Succeeded or Failed or Cancelled,
            Waiting => to is Queued or Paused or Failed or Cancelled,
            Paused => to is Queued or Waiting or Failed or Cancelled,
            Failed or Cancelled => to is Queued,
            _ => false,
        };
}
