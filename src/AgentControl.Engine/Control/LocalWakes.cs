using AgentControl.Engine.Children;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Execution;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Live;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Schedules;

namespace AgentControl.Engine.Control;

/// <summary>What can be woken in this process. Where no jobs run nobody waits, and nothing is kept for nobody.</summary>
internal sealed class LocalWakes(
    EngineOptions options,
    ResumeSignal resume,
    ParentSignal parents,
    RunningAttempts running,
    McpServerChanges servers,
    ScheduleChanges schedules,
    NotificationChanges notifications,
    FailureChanges failures
)
{
    /// <summary>Wakes one hand of the resume lane for each of so many jobs.</summary>
    public void Resume(int jobs)
    {
        if (!options.RunsJobs)
            return;
        for (var hands = Math.Min(jobs, options.ResumeWorkers); hands > 0; hands--)
            resume.Ring();
    }

    /// <summary>Lets a running attempt look at its row at once.</summary>
    public void Nudge(Guid jobId) => running.Nudge(jobId);

    /// <summary>False where this process drains nobody's children.</summary>
    public bool Parent(Guid jobId)
    {
        if (options.RunsJobs)
            parents.Ring(jobId);
        return options.RunsJobs;
    }

    /// <summary>Whoever looks at MCP servers looks again.</summary>
    public void McpServer(string name) => servers.Publish(name);

    /// <summary>Tells pages and the loop that starts jobs of a schedule; empty means any.</summary>
    public void Schedule(string name) => schedules.Publish(name);

    /// <summary>Bells and feeds look again.</summary>
    public void Notification(string what) => notifications.Publish(what);

    /// <summary>Pages with groups of failures look again.</summary>
    public void Failure(string what) => failures.Publish(what);

    /// <summary>Everybody looks, because signals may have been missed.</summary>
    public void All()
    {
        Resume(options.ResumeWorkers);
        running.NudgeAll();
        Schedule("");
        Notification("");
        Failure("");
    }
}
