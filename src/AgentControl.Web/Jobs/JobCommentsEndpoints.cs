using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>The body of <c>POST /jobs/{id}/comments</c>.</summary>
internal sealed record JobCommentRequest
{
    /// <summary>Markdown.</summary>
    public string? Body { get; init; }

    /// <summary>The key of the step that it is about.</summary>
    public string? Step { get; init; }
}

/// <summary>Comments on a job; they stand in its workspace's feed too.</summary>
internal static class JobCommentsEndpoints
{
    public static void MapJobComments(this IEndpointRouteBuilder routes)
    {
        var comments = routes
            .MapGroup("/api/v1/jobs/{id}/comments")
            .WithTags("Comments")
            .RequireAuthorization(Policies.Viewer);
        comments
            .MapGet("/", ListAsync)
            .WithName("ListJobComments")
            .WithSummary("A job's comments, newest first")
            .TakesPages();
        comments
            .MapPost("/", AddAsync)
            .WithName("AddJobComment")
            .WithSummary("Comment on a job in Markdown")
            .RequireAuthorization(Policies.Operator)
            .Accepts<JobCommentRequest>("application/json");
    }

    private static async Task<Results<Ok<ListContract<CommentContract>>, ProblemHttpResult>> ListAsync(
        string id,
        HttpContext context,
        JobDoor door,
        WorkspaceComments comments,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (cursor, limit) = (query.Text("cursor"), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (await door.EnterAsync(id, context.User, Role.Viewer, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var page = await comments.ReadAsync(job.Workspace, job.Id, null, cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<CommentContract>([.. page.Items.Select(CommentContract.Of)], page.NextCursor)
        );
    }

    private static async Task<Results<Created<CommentContract>, ProblemHttpResult>> AddAsync(
        string id,
        JsonBody<JobCommentRequest> body,
        HttpContext context,
        JobDoor door,
        WorkspaceComments comments,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (Problem(body.Value.Body) is { } wrong)
            return wrong;
        if (await door.EnterAsync(id, context.User, Role.Operator, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var caller = context.User.RequireCaller();
        var (key, problem) = Idempotency.Read(context.Request, caller, body.Sha256);
        if (problem is not null)
            return problem;
        var commentId = WorkspaceCallers.WriteId(caller, key?.Key, $"comment {job.Id}", time);
        var comment = Comment(commentId, job, caller, body.Value.Body!, body.Value.Step);
        var added = await comments.AddAsync(comment, cancellationToken);
        return TypedResults.Created($"/api/v1/jobs/{job.Id}/comments", CommentContract.Of(added));
    }

    /// <summary>Why a text is no comment.</summary>
    public static ProblemHttpResult? Problem(string? body) =>
        string.IsNullOrWhiteSpace(body) || body.Length > WorkspaceComments.MaxBody
            ? Problems.BadField("body", $"Write a text of at most {WorkspaceComments.MaxBody:N0} characters.")
            : null;

    /// <param name="step">The key of the step that it is about, if one is.</param>
    public static Comment Comment(Guid id, JobRef job, Caller caller, string body, string? step) =>
        new(id, job.Workspace, caller.ToAuthor(), body)
        {
            JobId = job.Id,
            Anchor = step is { Length: > 0 } key ? new CommentAnchor(CommentAnchor.StepKind, key) : null,
        };
}
