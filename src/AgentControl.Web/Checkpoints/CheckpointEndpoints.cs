using System.Globalization;
using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Checkpoints;

/// <summary>Stashed values over REST.</summary>
internal static class CheckpointEndpoints
{
    public const string VersionHeader = "Checkpoint-Version";

    public static void MapCheckpoints(this IEndpointRouteBuilder routes)
    {
        var checkpoints = routes
            .MapGroup("/api/v1/jobs/{id}/checkpoints")
            .WithTags("Checkpoints")
            .RequireAuthorization(Policies.Viewer);
        checkpoints
            .MapGet("/", ListAsync)
            .WithName("ListCheckpoints")
            .WithSummary("Every saved version, newest first, without its value")
            .TakesPages(("key", "Only versions of this value"));
        checkpoints
            .MapGet("/{**key}", FindAsync)
            .WithName("GetCheckpoint")
            .WithSummary("A value as it was saved: its newest version, or the one that is asked for")
            .Takes(("version", "A version's number"));
    }

    private static async Task<Results<Ok<Page<CheckpointView>>, ProblemHttpResult>> ListAsync(
        string id,
        HttpRequest request,
        ClaimsPrincipal user,
        JobDoor door,
        CheckpointQueries checkpoints,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var (key, cursor, limit) = (query.Text("key"), query.PageCursor(CheckpointQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        return TypedResults.Ok(await checkpoints.ListAsync(job.Id, key, cursor, limit, cancellationToken));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> FindAsync(
        string id,
        string key,
        HttpContext context,
        ClaimsPrincipal user,
        JobDoor door,
        CheckpointQueries checkpoints,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var version = query.Number("version", 1, int.MaxValue);
        if (query.Problem is { } problem)
            return problem;
        if (await door.EnterAsync(id, user, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        if (await checkpoints.FindAsync(job.Id, key, (int?)version, cancellationToken) is not { } found)
            return Problems.NotFound($"checkpoint {key} in job {id}");
        context.Response.Headers[VersionHeader] = found.Checkpoint.Version.ToString(CultureInfo.InvariantCulture);
        return TypedResults.File(found.Value.Utf8, "application/json", lastModified: found.Checkpoint.At);
    }
}
