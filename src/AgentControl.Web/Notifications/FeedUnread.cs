using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Shell;

namespace AgentControl.Web.Notifications;

/// <summary>The number at the bell.</summary>
internal sealed class FeedUnread(NotificationFeed feed, ICallerAccessor callers) : IUnreadNews
{
    public async Task<int> CountAsync(CancellationToken cancellationToken) =>
        await callers.CurrentAsync(cancellationToken) is { } caller
            ? await feed.UnreadAsync(caller, cancellationToken)
            : 0;
}
