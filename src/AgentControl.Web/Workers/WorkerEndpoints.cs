using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workers;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workers;

/// <summary>The body of <c>PUT /workers/{name}</c>.</summary>
internal sealed record ChangeWorkerRequest(bool? Draining);

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
        workers
            .MapPut("/{name}", ChangeAsync)
            .RequireAuthorization(Policies.Operator)
            .WithName("ChangeWorker")
            .WithSummary("Drain a worker, or let it take jobs again")
            .Accepts<ChangeWorkerRequest>("application/json");
        workers
            .MapDelete("/{name}", ForgetAsync)
            .RequireAuthorization(Policies.Operator)
            .WithName("ForgetWorker")
            .WithSummary("Take a lost or stopped worker out of the list");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(
        string name,
        JsonBody<ChangeWorkerRequest> body,
        ClaimsPrincipal user,
        WorkerCommands workers,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        // A worker serves every workspace.
        caller.Require(Role.Operator, Caller.Everywhere);
        if (body.Value.Draining is not { } draining)
            return Problems.BadField("draining", "Say true to drain it, or false to let it take jobs again.");
        return Answer(
            name,
            await workers.DrainAsync(name, draining, caller.Actor, cancellationToken),
            "It is not alive, or runs no jobs."
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ForgetAsync(
        string name,
        ClaimsPrincipal user,
        WorkerCommands workers,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        caller.Require(Role.Operator, Caller.Everywhere);
        return Answer(
            name,
            await workers.ForgetAsync(name, caller.Actor, cancellationToken),
            "It is alive. Stop it first, or drain it."
        );
    }

    private static Results<NoContent, ProblemHttpResult> Answer(string name, WorkerResult result, string refused) =>
        result switch
        {
            WorkerResult.Done => TypedResults.NoContent(),
            WorkerResult.NotFound => Problems.NotFound($"worker {name}"),
            _ => Problems.Conflict("worker.state", refused),
        };

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
