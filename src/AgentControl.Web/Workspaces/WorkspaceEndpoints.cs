using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>Workspaces, their feed and their comments over REST.</summary>
internal static class WorkspaceEndpoints
{
    public static void MapWorkspaces(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapGroup("/api/v1/workspaces").WithTags("Workspaces").RequireAuthorization(Policies.Viewer);
        all.MapGet("/", ListAsync)
            .WithName("ListWorkspaces")
            .WithSummary("The workspaces that the caller may look into, by name")
            .TakesPages();
        all.MapPut("/{ws}", CreateAsync)
            .WithName("CreateWorkspace")
            .WithSummary("Make a workspace")
            .RequireAuthorization(Policies.Admin);
        all.MapGet("/{ws}/activity", ActivityAsync)
            .WithName("ListActivity")
            .WithSummary("What happened in a workspace, newest first")
            .TakesPages(("jobId", "Only what this job did"));
        all.MapGet("/{ws}/comments", CommentsAsync)
            .WithName("ListWorkspaceComments")
            .WithSummary("Comments, newest first")
            .TakesPages(
                ("jobId", "On this job"),
                ("file", "On the file of this path"),
                ("step", "On the step of this key"),
                ("approval", "On the approval of this id")
            );
        all.MapPost("/{ws}/comments", CommentAsync)
            .WithName("AddWorkspaceComment")
            .WithSummary("Add a comment in Markdown")
            .RequireAuthorization(Policies.Operator)
            .Accepts<NewCommentRequest>("application/json");
        all.MapGet("/{ws}/names", NamesAsync)
            .WithName("ListNames")
            .WithSummary("Whom a comment may name: people who may look into the workspace, and their groups")
            .Takes(("begins", "What a word of the name begins with; everybody if left out"));
        all.MapFiles();
        all.MapFolders();
        all.MapKept();
    }

    private static async Task<Results<Ok<ListContract<WorkspaceContract>>, ProblemHttpResult>> ListAsync(
        HttpContext context,
        WorkspaceStore store,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (cursor, limit) = (query.PageCursor(WorkspaceCursor.IsName), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        var page = await store.ListAsync(context.User.RequireCaller().Workspaces, cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<WorkspaceContract>([.. page.Items.Select(WorkspaceContract.Of)], page.NextCursor)
        );
    }

    private static async Task<Results<Created, Ok, ProblemHttpResult>> CreateAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        CancellationToken cancellationToken
    )
    {
        if (!WorkspaceName.IsValid(ws))
            return Problems.BadField("ws", "Name a workspace with lower-case letters, digits and dashes, at most 63.");
        return await store.CreateAsync(ws, context.User.RequireCaller().ToAuthor(), cancellationToken)
            ? TypedResults.Created($"/api/v1/workspaces/{ws}/files")
            : TypedResults.Ok();
    }

    private static async Task<Results<Ok<ListContract<ActivityContract>>, ProblemHttpResult>> ActivityAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceFeed feed,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var (jobId, cursor, limit) = (query.Id("jobId"), query.PageCursor(WorkspaceCursor.IsInstant), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = await feed.ReadAsync(ws, jobId, cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<ActivityContract>([.. page.Items.Select(ActivityContract.Of)], page.NextCursor)
        );
    }

    private static async Task<Results<Ok<ListContract<CommentContract>>, ProblemHttpResult>> CommentsAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceComments comments,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var filter = new CommentFilter(
            query.Id("jobId"),
            query.Text("file"),
            query.Text("step"),
            query.Text("approval")
        );
        var (cursor, limit) = (query.PageCursor(WorkspaceCursor.IsInstant), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        var page = await comments.ReadAsync(ws, filter.JobId, filter.Anchor, cursor, limit, cancellationToken);
        return TypedResults.Ok(
            new ListContract<CommentContract>([.. page.Items.Select(CommentContract.Of)], page.NextCursor)
        );
    }

    private static async Task<Results<Ok<ListContract<MentionChoice>>, ProblemHttpResult>> NamesAsync(
        string ws,
        HttpContext context,
        WorkspaceStore store,
        MentionQueries mentions,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var begins = query.Text("begins");
        if (query.Problem is { } problem)
            return problem;
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        return TypedResults.Ok(
            new ListContract<MentionChoice>(await mentions.SuggestAsync(ws, begins ?? "", cancellationToken), null)
        );
    }

    private static async Task<Results<Created<CommentContract>, ProblemHttpResult>> CommentAsync(
        string ws,
        JsonBody<NewCommentRequest> body,
        HttpContext context,
        WorkspaceStore store,
        WorkspaceComments comments,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        if (NewComment.Problem(request) is { } wrong)
            return Problems.BadField(wrong.Field, wrong.Text);
        var caller = context.User.RequireCaller();
        var (key, problem) = Idempotency.Read(context.Request, caller, body.Sha256);
        if (problem is not null)
            return problem;
        if (!await store.ExistsAsync(ws, cancellationToken))
            return WorkspaceProblems.NoWorkspace(ws);
        if (request.JobId is { } job && !await comments.HasJobAsync(ws, job, cancellationToken))
            return Problems.BadField("jobId", "There is no such job in this workspace.");
        var id = request.Id ?? WorkspaceCallers.WriteId(caller, key?.Key, $"comment {ws}", time);
        var added = await comments.AddAsync(NewComment.Of(request, id, ws, caller.ToAuthor()), cancellationToken);
        return TypedResults.Created($"/api/v1/workspaces/{ws}/comments", CommentContract.Of(added));
    }
}
