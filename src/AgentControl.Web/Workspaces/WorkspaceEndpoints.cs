using System.Security.Claims;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>Workspaces, their feed and their comments over REST.</summary>
internal static class WorkspaceEndpoints
{
    public static void MapWorkspaces(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/v1/workspaces").WithTags("Workspaces").RequireAuthorization(Policies.Viewer);
        all.MapGet("/", ListAsync).WithName("ListWorkspaces").WithSummary("The workspaces that the caller may look into, by name");
        all.MapPut("/{ws}", CreateAsync).WithName("CreateWorkspace").WithSummary("Make a workspace").RequireAuthorization(Policies.Admin);
        all.MapGet("/{ws}/activity", ActivityAsync).WithName("ListActivity").WithSummary("What happened in a workspace, newest first");
        all.MapGet("/{ws}/comments", CommentsAsync).WithName("ListWorkspaceComments").WithSummary("Comments, newest first; filter by job or by what they are about");
        all.MapPost("/{ws}/comments", CommentAsync).WithName("AddWorkspaceComment").WithSummary("Add a comment in Markdown").RequireAuthorization(Policies.Operator);
        all.MapFiles();
    }

    private static async Task<Results<Ok<ListContract<WorkspaceContract>>, ValidationProblem>> ListAsync(
        ClaimsPrincipal user,
        WorkspaceStore store,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!PageLimit.TryRead(limit, out var rows))
            return PageLimit.Refuse();
        var page = await store.ListAsync(user.RequireCaller().Workspaces, cursor, rows, cancellationToken);
        return TypedResults.Ok(new ListContract<WorkspaceContract>([.. page.Items.Select(WorkspaceContract.Of)], page.NextCursor));
    }

    private static async Task<Results<Created, Ok, ValidationProblem>> CreateAsync(string ws, ClaimsPrincipal user, WorkspaceStore store, CancellationToken cancellationToken)
    {
        if (!WorkspaceName.IsValid(ws))
            return WorkspaceProblems.Invalid("ws", "Name a workspace with lower-case letters, digits and dashes, at most 63.");
        return await store.CreateAsync(ws, user.RequireCaller().Display, cancellationToken) ? TypedResults.Created($"/api/v1/workspaces/{ws}/files") : TypedResults.Ok();
    }

    private static async Task<Results<Ok<ListContract<ActivityContract>>, ValidationProblem, ProblemHttpResult>> ActivityAsync(
        string ws,
        WorkspaceStore store,
        WorkspaceFeed feed,
        Guid? jobId,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!PageLimit.TryRead(limit, out var rows))
            return PageLimit.Refuse();
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = await feed.ReadAsync(ws, jobId, cursor, rows, cancellationToken);
        return TypedResults.Ok(new ListContract<ActivityContract>([.. page.Items.Select(ActivityContract.Of)], page.NextCursor));
    }

    private static async Task<Results<Ok<ListContract<CommentContract>>, ValidationProblem, ProblemHttpResult>> CommentsAsync(
        string ws,
        WorkspaceStore store,
        WorkspaceComments comments,
        [AsParameters] CommentFilter filter,
        string? cursor,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        if (!PageLimit.TryRead(limit, out var rows))
            return PageLimit.Refuse();
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = await comments.ReadAsync(ws, filter.JobId, filter.Anchor, cursor, rows, cancellationToken);
        return TypedResults.Ok(new ListContract<CommentContract>([.. page.Items.Select(CommentContract.Of)], page.NextCursor));
    }

    private static async Task<Results<Created<CommentContract>, ValidationProblem, ProblemHttpResult>> CommentAsync(
        string ws,
        NewCommentRequest request,
        ClaimsPrincipal user,
        HttpRequest http,
        WorkspaceStore store,
        WorkspaceComments comments,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (NewComment.Problem(request) is { } problem)
            return WorkspaceProblems.Invalid(problem.Field, problem.Text);
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        if (request.JobId is { } job && !await comments.HasJobAsync(ws, job, cancellationToken))
            return WorkspaceProblems.Invalid("jobId", "There is no such job in this workspace.");
        var caller = user.RequireCaller();
        var id = request.Id ?? WorkspaceCallers.WriteId(caller, http.Headers["Idempotency-Key"], $"comment {ws}", time);
        var added = await comments.AddAsync(NewComment.Of(request, id, ws, caller.ToAuthor()), cancellationToken);
        return TypedResults.Created($"/api/v1/workspaces/{ws}/comments", CommentContract.Of(added));
    }
}
