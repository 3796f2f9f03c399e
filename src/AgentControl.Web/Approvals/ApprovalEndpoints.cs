using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Approvals;

/// <summary>Approvals over REST.</summary>
internal static class ApprovalEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var approvals = routes
            .MapGroup("/api/v1/approvals")
            .WithTags("Approvals")
            .RequireAuthorization(Policies.Viewer);
        approvals
            .MapGet("/", ListAsync)
            .WithName("ListApprovals")
            .WithSummary("What waits for people, and what they decided; newest first")
            .TakesPages(
                ("state", string.Join(", ", ApprovalQueries.States) + ", or decided for all but pending"),
                ("jobId", "Only this job's; an id or a short id"),
                ("assignedToMe", "true: only what the caller may decide")
            );
        approvals.MapGet("/{id}", FindAsync).WithName("GetApproval").WithSummary("One approval with the exact content");
    }

    private static async Task<Results<Ok<Page<ApprovalView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        ApprovalQueries approvals,
        JobQueries jobs,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        var query = new QueryReader(request);
        var state = query.Word("state", [.. ApprovalQueries.States, ApprovalQueries.Decided]);
        var (cursor, limit) = (query.PageCursor(ApprovalQueries.IsCursor), query.Limit());
        var (jobText, mine) = (query.Text("jobId"), query.Flag("assignedToMe"));
        if (query.Problem is { } problem)
            return problem;
        var job = jobText is null ? null : await jobs.ResolveAsync(jobText, cancellationToken);
        if (jobText is not null && job is null)
            return TypedResults.Ok(new Page<ApprovalView>([], null));
        var filter = (mine ? ApprovalAccess.WaitingFor(caller) : new() { Visible = caller.Workspaces }) with
        {
            State = state,
            JobId = job?.Id,
        };
        return TypedResults.Ok(await approvals.ListAsync(filter, cursor, limit, cancellationToken));
    }

    private static async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> FindAsync(
        string id,
        ClaimsPrincipal user,
        ApprovalQueries approvals,
        CancellationToken cancellationToken
    )
    {
        if (!Guid.TryParse(id, out var guid) || await approvals.FindAsync(guid, cancellationToken) is not { } approval)
            return Problems.NotFound($"approval {id}");
        user.RequireCaller().Require(Role.Viewer, approval.Workspace);
        return TypedResults.Ok(approval);
    }
}
