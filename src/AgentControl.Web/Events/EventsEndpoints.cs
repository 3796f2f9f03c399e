using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Events;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Events;

/// <summary>Logs over REST, as pages or as a live tail.</summary>
internal static class EventsEndpoints
{
    public const string LastEventId = "Last-Event-ID";
    private static readonly string[] _levels = ["info", "warning", "error"];

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/v1/jobs/{id}/events", ListAsync)
            .WithTags("Events")
            .RequireAuthorization(Policies.Viewer)
            .WithName("ListEvents")
            .WithSummary(
                "The log, oldest first; with Accept: text/event-stream a live tail that resumes from Last-Event-ID"
            )
            .TakesPages(
                ("after", "Only events behind this number"),
                ("type", "Repeatable: event types; step.* means all that begin so"),
                ("level", "Repeatable: " + string.Join(", ", _levels)),
                ("q", "Somewhere in the message")
            );
    }

    private static async Task<Results<Ok<Page<EventView>>, ProblemHttpResult, EventStreamResult>> ListAsync(
        string id,
        HttpRequest request,
        ClaimsPrincipal user,
        JobDoor door,
        EventQueries events,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var after = query.Number("after") ?? 0;
        var filter = new EventFilter(query.Words("type"), query.Words("level", _levels), query.Text("q"));
        var (cursor, limit) = (query.PageCursor(EventQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (!TryLastEventId(request, ref after))
            return Problems.BadField(LastEventId, "Send the number of the last event that came, or leave it out.");
        if (await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        if (WantsStream(request))
            return new EventStreamResult(job, after, filter);
        return TypedResults.Ok(await events.ListAsync(job.Id, after, cursor, limit, filter, cancellationToken));
    }

    private static bool WantsStream(HttpRequest request) =>
        request.Headers.Accept.Any(a => a?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);

    private static bool TryLastEventId(HttpRequest request, ref long after)
    {
        var text = request.Headers[LastEventId].ToString();
        return text.Length == 0
            || (
                long.TryParse(
                    text,
                    System.Globalization.NumberStyles.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out after
                )
            );
    }
}
