using AgentControl.Core.Events;
using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Schedules;

/// <summary>Names of schedules that changed or did something, in this process or in another; empty where any may have.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class ScheduleChanges(ILogger<ScheduleChanges>? log = null) : LiveFeed<string>(log);

/// <summary>Tells this process and the others that a schedule changed, and hears what schedules wait for.</summary>
internal sealed class ScheduleSignals(ScheduleChanges here, ControlSender others, EventFeed jobs)
{
    public void Changed(string schedule)
    {
        here.Publish(schedule);
        others.Schedule(schedule);
    }

    public IDisposable OnChange(Action heard) => here.Subscribe(_ => heard());

    /// <summary>A job of this process has ended.</summary>
    public IDisposable OnJobEnd(Action heard) =>
        jobs.Subscribe(events =>
        {
            if (events.Any(e => e.Type is EventTypes.JobSucceeded or EventTypes.JobFailed or EventTypes.JobCancelled))
                heard();
        });
}
