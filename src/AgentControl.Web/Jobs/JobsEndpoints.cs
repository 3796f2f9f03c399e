using System.Security.Claims;
using AgentControl.Core.Progress;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>Jobs over REST: what one can read.</summary>
internal static class JobsEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api/v1/jobs").WithTags("Jobs").RequireAuthorization(Policies.Viewer);
        jobs.MapGet("/", ListAsync)
            .WithName("ListJobs")
            .WithSummary("Jobs, newest first")
            .TakesPages(JobListQuery.Parameters);
        jobs.MapGet("/counts", CountAsync)
            .WithName("CountJobs")
            .WithSummary("How many jobs match, by label")
            .Takes(JobListQuery.Parameters);
        jobs.MapGet("/{id}", FindAsync).WithName("GetJob").WithSummary("One job, by id or short id");
        jobs.MapGet("/{id}/progress", ProgressAsync)
            .WithName("GetProgress")
            .WithSummary("The structured progress document");
        jobs.MapGet("/{id}/standing", StandingAsync)
            .WithName("GetJobStanding")
            .WithSummary("Why the job stands still: its place in the queue, its open waits, what still runs")
            .WithDescription("Empty for a job that runs and for one that has ended.");
    }

    private static async Task<Results<Ok<Page<JobSummary>>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var filter = JobListQuery.Read(query, user.RequireCaller());
        var (cursor, limit) = (query.PageCursor(JobQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await jobs.ListAsync(filter, cursor, limit, cancellationToken: cancellationToken));
    }

    private static async Task<Results<Ok<JobCountsView>, ProblemHttpResult>> CountAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        JobCounts counts,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var filter = JobListQuery.Read(query, user.RequireCaller());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await counts.CountAsync(filter, cancellationToken));
    }

    private static async Task<Results<Ok<JobView>, ProblemHttpResult>> FindAsync(
        string id,
        ClaimsPrincipal user,
        JobDoor door,
        JobQueries jobs,
        CancellationToken cancellationToken
    ) =>
        await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is { } found
        && await jobs.FindAsync(found.Id, cancellationToken) is { } job
            ? TypedResults.Ok(job)
            : JobDoor.NotFound(id);

    private static async Task<Results<Ok<ProgressDocument<WaitingForView>>, ProblemHttpResult>> ProgressAsync(
        string id,
        ClaimsPrincipal user,
        JobDoor door,
        ProgressQueries progress,
        CancellationToken cancellationToken
    ) =>
        await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is { } found
        && await progress.FindAsync(found.Id, cancellationToken) is { } document
            ? TypedResults.Ok(document)
            : JobDoor.NotFound(id);

    private static async Task<Results<Ok<JobStanding>, ProblemHttpResult>> StandingAsync(
        string id,
        ClaimsPrincipal user,
        JobDoor door,
        JobStandingQueries standings,
        CancellationToken cancellationToken
    ) =>
        await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is { } found
            ? TypedResults.Ok(await standings.FindAsync(found.Id, cancellationToken) ?? new JobStanding())
            : JobDoor.NotFound(id);
}
