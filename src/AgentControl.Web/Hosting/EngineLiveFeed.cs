using AgentControl.Core.Events;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Live;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Hosting;

/// <summary>The pages' topics over the engine's feed.</summary>
internal sealed class EngineLiveFeed(
    EventFeed feed,
    WorkspaceChanges workspaces,
    ServiceChanges services,
    McpServerChanges servers,
    ScheduleChanges schedules,
    QueueChanges queues,
    NotificationChanges notifications,
    FailureChanges failures,
    AuditChanges audit,
    DataAge age
) : ILiveFeed
{
    private const string JobPrefix = "job:";
    private const string WorkspacePrefix = "workspace:";

    public IDisposable Subscribe(string topic, Action changed)
    {
        if (topic.StartsWith(JobPrefix, StringComparison.Ordinal))
            return feed.Subscribe(Guid.Parse(topic[JobPrefix.Length..]), _ => changed());
        if (topic.StartsWith(WorkspacePrefix, StringComparison.Ordinal))
            return workspaces.Watch(topic[WorkspacePrefix.Length..], changed);
        if (topic == LiveTopic.Contact)
            return age.Watch(() =>
            {
                if (age.OldSince is null)
                    changed();
            });
        if (topic == LiveTopic.Services)
            return services.Subscribe(_ => changed());
        if (topic == LiveTopic.Queues)
            return queues.Subscribe(_ => changed());
        if (topic == LiveTopic.McpServers)
            return servers.Subscribe(_ => changed());
        if (topic == LiveTopic.Schedules)
            return schedules.Subscribe(_ => changed());
        if (topic == LiveTopic.Notifications)
            return notifications.Subscribe(_ => changed());
        if (topic == LiveTopic.Audit)
            return audit.Subscribe(_ => changed());
        if (topic == LiveTopic.Failures)
            return new Both(
                failures.Subscribe(_ => changed()),
                // A job that is retried or started anew is taken by no retry of its group any more.
                feed.Subscribe(events =>
                {
                    if (events.Any(e => e.Type is EventTypes.JobRetried or EventTypes.JobForked))
                        changed();
                })
            );
        if (topic == LiveTopic.Ends)
            return feed.Subscribe(events =>
            {
                if (
                    events.Any(e =>
                        e.Type is EventTypes.JobSucceeded or EventTypes.JobFailed or EventTypes.JobCancelled
                    )
                )
                    changed();
            });
        if (topic == LiveTopic.Anomalies)
            return feed.Subscribe(events =>
            {
                if (events.Any(e => e.Type == EventTypes.Anomaly))
                    changed();
            });
        if (topic == LiveTopic.Approvals)
            return feed.Subscribe(events =>
            {
                if (
                    events.Any(e =>
                        e.Type.StartsWith("approval.", StringComparison.Ordinal)
                        || e.Type is "job.cancelled" or "job.failed"
                    )
                )
                    changed();
            });
        return feed.Subscribe(_ => changed());
    }

    private sealed class Both(IDisposable one, IDisposable other) : IDisposable
    {
        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }
}
