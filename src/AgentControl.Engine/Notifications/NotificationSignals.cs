using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Notifications;

/// <summary>Something in the feed, or in what somebody has read of it, changed in this process or in another.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class NotificationChanges(ILogger<NotificationChanges>? log = null) : LiveFeed<string>(log);

/// <summary>Tells this process and the others that the feed changed.</summary>
internal sealed class NotificationSignals(NotificationChanges here, ControlSender others)
{
    private const string Feed = "feed";

    public void Changed()
    {
        here.Publish(Feed);
        others.Notification(Feed);
    }
}
