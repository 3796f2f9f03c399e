using System.Security.Claims;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notifications;

/// <summary>Notifications over REST: the feed for everybody, channels and deliveries for admins.</summary>
internal static class NotificationEndpoints
{
    public static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var notifications = routes.MapGroup("/api/v1/notifications").WithTags("Notifications");
        notifications
            .MapGet("/", FeedAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("ListNotifications")
            .WithSummary("What was told of the jobs of your workspaces, newest first")
            .TakesPages(
                ("kind", "Only this kind: needsPerson, started, completed, failed, anomaly, mentioned or status"),
                ("unread", "true for what you have not read alone")
            );
        notifications
            .MapPost("/{id:guid}/read", MarkAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("MarkNotificationRead")
            .WithSummary("Mark one as read by you, or by the owner of the key")
            .Takes();
        notifications
            .MapPost("/read", MarkAllAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("MarkNotificationsRead")
            .WithSummary("Mark everything as read that you may see")
            .Takes(("upTo", "The id of the newest that you have seen; what came later stays unread"));
        notifications
            .MapGet("/channels", ChannelsAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("ListNotificationChannels")
            .WithSummary("The configured channels without their secrets, each with what its receiver said last")
            .Takes();
        notifications
            .MapPost("/channels/{name}/test", TestAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("TestNotificationChannel")
            .WithSummary(
                "Send a message now, and answer what the receiver answered; one that arrives opens a disabled channel"
            )
            .Takes();
        notifications
            .MapGet("/deliveries", DeliveriesAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("ListNotificationDeliveries")
            .WithSummary("What was or will be sent, newest first")
            .TakesPages(("channel", "The channel's name"), ("state", "pending, sent or failed"));
        notifications
            .MapPost("/deliveries/{id}/resend", ResendAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("ResendNotification")
            .WithSummary("Try a message that failed again, under the id that it had")
            .Takes();
    }

    private static async Task<Results<Ok<Page<FeedItem>>, ProblemHttpResult>> FeedAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        NotificationFeed feed,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var (kind, unread) = (
            query.Word("kind", [.. NotificationKind.All, NotificationKind.Status]),
            query.Flag("unread")
        );
        var (cursor, limit) = (query.PageCursor(NotificationFeed.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(
            await feed.ListAsync(user.RequireCaller(), kind, unread, cursor, limit, cancellationToken)
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> MarkAsync(
        Guid id,
        ClaimsPrincipal user,
        NotificationFeed feed,
        CancellationToken cancellationToken
    ) =>
        await feed.MarkAsync(id, user.RequireCaller(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"notification {id}");

    private static async Task<Results<Ok<NotificationsRead>, ProblemHttpResult>> MarkAllAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        NotificationFeed feed,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var upTo = query.Id("upTo");
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(
            new NotificationsRead(await feed.MarkAllAsync(upTo, user.RequireCaller(), cancellationToken))
        );
    }

    private static async Task<Ok<Page<NotificationChannelView>>> ChannelsAsync(
        ClaimsPrincipal user,
        NotificationQueries notifications,
        CancellationToken cancellationToken
    )
    {
        user.RequireCaller().Require(Role.Admin, Caller.Everywhere);
        return TypedResults.Ok(
            new Page<NotificationChannelView>(await notifications.ChannelsAsync(cancellationToken), null)
        );
    }

    private static async Task<Results<Ok<NotificationTest>, ProblemHttpResult>> TestAsync(
        string name,
        ClaimsPrincipal user,
        NotificationCommands commands,
        CancellationToken cancellationToken
    ) =>
        await commands.TestAsync(name, user.RequireCaller(), cancellationToken) is { } outcome
            ? TypedResults.Ok(new NotificationTest(outcome.Sent, outcome.Answer))
            : Problems.NotFound($"channel {name}");

    private static async Task<Results<Ok<Page<NotificationView>>, ProblemHttpResult>> DeliveriesAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        NotificationQueries notifications,
        CancellationToken cancellationToken
    )
    {
        user.RequireCaller().Require(Role.Admin, Caller.Everywhere);
        var query = new QueryReader(request);
        var (channel, state) = (query.Text("channel"), query.Word("state", NotificationQueries.States));
        var (cursor, limit) = (query.PageCursor(NotificationQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await notifications.DeliveriesAsync(channel, state, cursor, limit, cancellationToken));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> ResendAsync(
        string id,
        ClaimsPrincipal user,
        NotificationCommands commands,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(id, out var message)
        && await commands.ResendAsync(message, user.RequireCaller(), cancellationToken)
            ? TypedResults.Accepted((string?)null)
            : Problems.NotFound($"message {id} that failed");
}

/// <summary>What was marked.</summary>
/// <param name="Marked">How many were unread before.</param>
internal sealed record NotificationsRead(int Marked);

/// <summary>What became of a test.</summary>
/// <param name="Answer">The receiver's real answer, or why it could not be asked.</param>
internal sealed record NotificationTest(bool Sent, string Answer);
