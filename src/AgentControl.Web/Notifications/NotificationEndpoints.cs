using System.Security.Claims;
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
            .TakesPages();
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

    private static async Task<Results<Ok<Page<NotificationView>>, ProblemHttpResult>> FeedAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        NotificationQueries notifications,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var (cursor, limit) = (query.PageCursor(NotificationQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        var visible = user.RequireCaller().Workspaces;
        return TypedResults.Ok(await notifications.FeedAsync(visible, cursor, limit, cancellationToken));
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

/// <summary>What became of a test.</summary>
/// <param name="Answer">The receiver's real answer, or why it could not be asked.</param>
internal sealed record NotificationTest(bool Sent, string Answer);
