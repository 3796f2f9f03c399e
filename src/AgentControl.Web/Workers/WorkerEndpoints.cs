using System.Security.Claims;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workers;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workers;

/// <summary>Processes over REST.</summary>
internal static class WorkerEndpoints
{
    public static void MapWorkers(this IEndpointRouteBuilder routes)
    {
        var workers = routes.MapGroup("/api/v1/workers").WithTags("Workers").RequireAuthorization(Policies.Viewer);
        workers
            .MapGet("/", ListAsync)
            .WithName("ListWorkers")
            .WithSummary("Processes: role, queues, running jobs, last heartbeat");
    }

    private static async Task<Ok<Page<WorkerView>>> ListAsync(
        ClaimsPrincipal user,
        WorkerQueries workers,
        CancellationToken cancellationToken
    )
    {
        var visible = user.RequireCaller().Workspaces;
        return TypedResults.Ok(new Page<WorkerView>(await workers.ListAsync(visible, cancellationToken), null));
    }
}
