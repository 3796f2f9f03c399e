using AgentControl.Engine.Notifications;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Notifications;

/// <summary>Where Slack sends presses of buttons. It signs them; nobody signs in.</summary>
internal static class SlackEndpoints
{
    public static void MapSlack(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/slack/actions", TakeAsync)
            .WithTags("Notifications")
            .AllowAnonymous()
            .WithName("TakeSlackAction")
            .WithSummary("The request address of a Slack app: answers whoever pressed a button, and decides nothing")
            .Takes();

    private static async Task<Results<Ok, ProblemHttpResult>> TakeAsync(
        HttpRequest request,
        SlackActions slack,
        CancellationToken cancellationToken
    )
    {
        if (await BodyAsync(request, cancellationToken) is not { } body)
            return Problems.TooLarge("body", $"A call has at most {SlackActions.LongestBody} bytes.");
        return await slack.TakeAsync(
            request.Headers["X-Slack-Request-Timestamp"],
            request.Headers["X-Slack-Signature"],
            body,
            cancellationToken
        )
            ? TypedResults.Ok()
            : Problems.Of(StatusCodes.Status401Unauthorized, "unauthenticated", "Not taken", "The call is not signed.");
    }

    /// <summary>The bytes as they were signed; null where they are too many.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > SlackActions.LongestBody)
            return null;
        var bytes = new byte[SlackActions.LongestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(
            bytes,
            bytes.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        return length > SlackActions.LongestBody ? null : bytes[..length];
    }
}
