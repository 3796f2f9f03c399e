using AgentControl.Engine.Notifications;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Notifications;

/// <summary>What the feed shows, as its URL says it.</summary>
/// <param name="Kind">Only this; null for all.</param>
/// <param name="After">The cursor of the page before; null on the first.</param>
internal sealed record FeedAddress(string? Kind, bool Unread, string? After)
{
    public static FeedAddress Of(string? kind, string? show, string? after) =>
        new(
            NotificationWords.FeedKinds.Contains(kind) ? kind : null,
            show == "unread",
            after is not null && NotificationFeed.IsCursor(after) ? after : null
        );

    public string Href
    {
        get
        {
            var query = new QueryBuilder();
            if (Kind is not null)
                query.Add("kind", Kind);
            if (Unread)
                query.Add("show", "unread");
            if (After is not null)
                query.Add("after", After);
            return "/notifications" + query.ToQueryString();
        }
    }
}
