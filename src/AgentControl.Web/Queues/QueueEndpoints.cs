using AgentControl.Engine.Paging;
using AgentControl.Engine.Queues;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Queues;

/// <summary>Queues over REST.</summary>
internal static class QueueEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        var queues = routes.MapGroup("/api/v1/queues").WithTags("Queues").RequireAuthorization(Policies.Viewer);
        queues
            .MapGet("/", ListAsync)
            .WithName("ListQueues")
            .WithSummary("Queues: what waits, what runs, how many workers");
    }

    private static async Task<Ok<Page<QueueView>>> ListAsync(
        QueueQueries queues,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<QueueView>(await queues.ListAsync(cancellationToken), null));
}
