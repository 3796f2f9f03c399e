using System.Security.Claims;
using AgentControl.Engine.Jobs.Views;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs.Views;

/// <summary>The body of <c>POST /job-views</c>.</summary>
/// <param name="Query">A search as on the page of jobs.</param>
/// <param name="Scope">mine, all, or nothing for the usual jobs.</param>
/// <param name="Sort">newest, oldest or name.</param>
/// <param name="Team">True for everybody; false for oneself.</param>
internal sealed record JobViewRequest(string? Name, string? Query, string? Scope, string? Sort, bool Team);

internal sealed record JobViewListContract(IReadOnlyList<SavedJobView> Items, string? NextCursor);

/// <summary>Saved views of the list of jobs over REST.</summary>
internal static class JobViewEndpoints
{
    public static void MapJobViews(this IEndpointRouteBuilder routes)
    {
        var views = routes.MapGroup("/api/v1/job-views").WithTags("Jobs").RequireAuthorization(Policies.Viewer);
        views.MapGet("/", ListAsync).WithName("ListJobViews").WithSummary("The team's saved views, and one's own");
        views
            .MapPost("/", SaveAsync)
            .WithName("SaveJobView")
            .WithSummary("Save a view, or replace the one of that name")
            .Accepts<JobViewRequest>("application/json");
        views.MapDelete("/{id}", DeleteAsync).WithName("DeleteJobView").WithSummary("Delete a saved view");
    }

    private static async Task<Ok<JobViewListContract>> ListAsync(
        ClaimsPrincipal user,
        JobViews views,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new JobViewListContract(await views.ListAsync(user.RequireCaller(), cancellationToken), null));

    private static async Task<Results<Ok<SavedJobView>, Created<SavedJobView>, ProblemHttpResult>> SaveAsync(
        JsonBody<JobViewRequest> body,
        ClaimsPrincipal user,
        JobViews views,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var view = new JobViewWish(request.Name, request.Query, request.Scope, request.Sort, request.Team);
        return await views.SaveAsync(view, user.RequireCaller(), cancellationToken) switch
        {
            JobViewOutcome.Saved { IsNew: true } made => TypedResults.Created("/api/v1/job-views", made.View),
            JobViewOutcome.Saved saved => TypedResults.Ok(saved.View),
            JobViewOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id,
        ClaimsPrincipal user,
        JobViews views,
        CancellationToken cancellationToken
    ) =>
        Guid.TryParse(id, out var guid) && await views.DeleteAsync(guid, user.RequireCaller(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"view {id}");
}
