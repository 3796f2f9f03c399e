using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Steps;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Steps;

/// <summary>Journals over REST.</summary>
internal static class StepsEndpoints
{
    public static void MapSteps(this IEndpointRouteBuilder routes)
    {
        var steps = routes.MapGroup("/api/v1/jobs/{id}/steps").WithTags("Steps").RequireAuthorization(Policies.Viewer);
        steps
            .MapGet("/", ListAsync)
            .WithName("ListSteps")
            .WithSummary("The journal in the order it was recorded; results over 64 KiB are cut unless full=true")
            .TakesPages(("full", "true: whole results"));
        steps.MapGet("/{**key}", FindAsync).WithName("GetStep").WithSummary("One step with its whole result");
    }

    private static async Task<Results<Ok<Page<StepView>>, ProblemHttpResult>> ListAsync(
        string id,
        HttpRequest request,
        ClaimsPrincipal user,
        JobDoor door,
        StepQueries steps,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var (cursor, limit, full) = (query.PageCursor(StepQueries.IsCursor), query.Limit(), query.Flag("full"));
        if (query.Problem is { } problem)
            return problem;
        if (await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        return TypedResults.Ok(await steps.ListAsync(job.Id, cursor, limit, full, cancellationToken));
    }

    private static async Task<Results<Ok<StepView>, ProblemHttpResult>> FindAsync(
        string id,
        string key,
        ClaimsPrincipal user,
        JobDoor door,
        StepQueries steps,
        CancellationToken cancellationToken
    )
    {
        if (await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        return await steps.FindAsync(job.Id, key, cancellationToken) is { } step
            ? TypedResults.Ok(step)
            : Problems.NotFound($"step {key} in job {id}");
    }
}
