using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Jobs;

/// <summary>The body of <c>POST /bulk</c>.</summary>
internal sealed record BulkRequest
{
    /// <summary>pause, resume, cancel, retry or tag.</summary>
    public string? Action { get; init; }

    /// <summary>The tag to add.</summary>
    public string? Tag { get; init; }

    /// <summary>Ids of jobs; or give <see cref="Query"/>.</summary>
    public IReadOnlyList<Guid>? Jobs { get; init; }

    /// <summary>A search as on the page of jobs, such as <c>label:failed agent:invoice</c>.</summary>
    public string? Query { get; init; }
}

/// <summary>The body of <c>POST /bulk/{id}/start</c>.</summary>
/// <param name="Reason">Stands in the log of each job.</param>
internal sealed record BulkStartRequest(string? Reason);

internal sealed record BulkItemsContract(IReadOnlyList<BulkItemView> Items, string? NextCursor);

/// <summary>Acting upon many jobs over REST: freeze the set, look at its number, start it, watch it.</summary>
internal static class BulkEndpoints
{
    public static void MapBulk(this IEndpointRouteBuilder routes)
    {
        var bulk = routes.MapGroup("/api/v1/bulk").WithTags("Bulk").RequireAuthorization(Policies.Operator);
        bulk.MapPost("/", FreezeAsync)
            .WithName("FreezeBulk")
            .WithSummary("Freeze a set of jobs and learn its exact number; nothing happens to them yet")
            .Accepts<BulkRequest>("application/json");
        bulk.MapGet("/{id:guid}", FindAsync).WithName("GetBulk").WithSummary("How far an action upon many jobs is");
        bulk.MapGet("/{id:guid}/items", ItemsAsync)
            .WithName("ListBulkItems")
            .WithSummary("What became of each job of the set")
            .TakesPages(("outcome", "done, refused, gone or aborted"));
        bulk.MapPost("/{id:guid}/start", StartAsync)
            .WithName("StartBulk")
            .WithSummary("Confirm the frozen set")
            .Accepts<BulkStartRequest>("application/json");
        bulk.MapPost("/{id:guid}/abort", AbortAsync)
            .WithName("AbortBulk")
            .WithSummary("Stop it; what was done stays done");
    }

    private static async Task<Results<Created<BulkView>, ProblemHttpResult>> FreezeAsync(
        JsonBody<BulkRequest> body,
        HttpContext context,
        BulkCommands commands,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        JobFilter? filter = null;
        if (body.Value.Query is { } query)
        {
            var (parsed, problems) = JobSearch.Parse(query);
            if (problems.Count > 0)
                return Problems.BadField("query", string.Join(" ", problems));
            filter = parsed.AskedBy(caller.Actor.Name);
        }
        var wish = new BulkWish(body.Value.Action)
        {
            Tag = body.Value.Tag,
            Jobs = body.Value.Jobs,
            Filter = filter,
            Query = body.Value.Query,
        };
        return await commands.FreezeAsync(wish, caller, cancellationToken) switch
        {
            BulkOutcome.Taken taken => TypedResults.Created($"/api/v1/bulk/{taken.Bulk.Id}", taken.Bulk),
            BulkOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> FindAsync(
        Guid id,
        BulkQueries queries,
        CancellationToken cancellationToken
    ) =>
        await queries.FindAsync(id, cancellationToken) is { } bulk
            ? TypedResults.Ok(bulk)
            : Problems.NotFound($"bulk action {id}");

    private static async Task<Results<Ok<BulkItemsContract>, ProblemHttpResult>> ItemsAsync(
        Guid id,
        HttpContext context,
        BulkQueries queries,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var outcome = query.Word("outcome", ["done", "refused", "gone", "aborted"]);
        var (cursor, limit) = (query.PageCursor(c => int.TryParse(c, Numbers, out _)), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        if (await queries.FindAsync(id, cancellationToken) is null)
            return Problems.NotFound($"bulk action {id}");
        var after = cursor is null ? 0 : int.Parse(cursor, Numbers);
        var items = await queries.ItemsAsync(
            id,
            outcome,
            context.User.RequireCaller().Workspaces,
            after,
            limit + 1,
            cancellationToken
        );
        return TypedResults.Ok(
            new BulkItemsContract(
                [.. items.Take(limit)],
                items.Count > limit ? items[limit - 1].Position.ToString(Numbers) : null
            )
        );
    }

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> StartAsync(
        Guid id,
        JsonBody<BulkStartRequest> body,
        HttpContext context,
        BulkCommands commands,
        CancellationToken cancellationToken
    ) => Answer(id, await commands.StartAsync(id, body.Value.Reason, context.User.RequireCaller(), cancellationToken));

    private static async Task<Results<Ok<BulkView>, ProblemHttpResult>> AbortAsync(
        Guid id,
        HttpContext context,
        BulkCommands commands,
        CancellationToken cancellationToken
    ) => Answer(id, await commands.AbortAsync(id, context.User.RequireCaller(), cancellationToken));

    private static Results<Ok<BulkView>, ProblemHttpResult> Answer(Guid id, BulkOutcome outcome) =>
        outcome switch
        {
            BulkOutcome.Taken taken => TypedResults.Ok(taken.Bulk),
            BulkOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            BulkOutcome.Refused refused => Problems.Conflict("bulk.refused", refused.Reason),
            _ => Problems.NotFound($"bulk action {id}"),
        };

    private static System.Globalization.CultureInfo Numbers => System.Globalization.CultureInfo.InvariantCulture;
}
