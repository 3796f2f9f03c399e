using System.Security.Claims;
using AgentControl.Core.Failures;
using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Failures;

/// <summary>The body of <c>POST /failures/{id}/resolve</c> and <c>/reopen</c>.</summary>
internal sealed record FailureCommentRequest(string? Comment);

/// <summary>The body of <c>POST /failures/{id}/ignore</c>.</summary>
internal sealed record IgnoreFailureRequest
{
    public string? Comment { get; init; }

    /// <summary>From then on it is unresolved again; left out: for ever.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The body of <c>POST /failures/retry</c>.</summary>
/// <param name="Agent">Only groups of this agent; left out: of all.</param>
internal sealed record RetryFailuresRequest(string? Agent);

/// <summary>Groups of failures over REST: look, decide, retry what stands.</summary>
internal static class FailureEndpoints
{
    public static void MapFailures(this IEndpointRouteBuilder routes)
    {
        var failures = routes.MapGroup("/api/v1/failures").WithTags("Failures").RequireAuthorization(Policies.Viewer);
        failures
            .MapGet("/", ListAsync)
            .WithName("ListFailures")
            .WithSummary("Failures by cause, the one that failed last first")
            .TakesPages(
                ("status", string.Join(", ", FailureStatus.All) + "; left out: all"),
                ("agent", "The agent's name"),
                ("workspace", "The workspace's name")
            );
        failures
            .MapGet("/{id:guid}", FindAsync)
            .WithName("GetFailure")
            .WithSummary("One group with its newest message and how many jobs a retry would take")
            .Takes();
        failures
            .MapGet("/{id:guid}/jobs", JobsAsync)
            .WithName("ListFailureJobs")
            .WithSummary("The jobs that failed by it, the one that failed last first")
            .TakesPages();
        var acts = routes.MapGroup("/api/v1/failures").WithTags("Failures").RequireAuthorization(Policies.Operator);
        acts.MapPost("/{id:guid}/resolve", ResolveAsync)
            .WithName("ResolveFailure")
            .WithSummary("Its cause is gone; the next failure by it brings it back")
            .WithMetadata(new BodyOptional())
            .Accepts<FailureCommentRequest>(isOptional: true, "application/json");
        acts.MapPost("/{id:guid}/ignore", IgnoreAsync)
            .WithName("IgnoreFailure")
            .WithSummary("Nobody needs to look at it, until a time or for ever")
            .WithMetadata(new BodyOptional())
            .Accepts<IgnoreFailureRequest>(isOptional: true, "application/json");
        acts.MapPost("/{id:guid}/reopen", ReopenAsync)
            .WithName("ReopenFailure")
            .WithSummary("It needs somebody after all")
            .WithMetadata(new BodyOptional())
            .Accepts<FailureCommentRequest>(isOptional: true, "application/json");
        acts.MapPost("/{id:guid}/retry", RetryAsync)
            .WithName("RetryFailure")
            .WithSummary(
                "Freeze its jobs that were not retried yet, and learn their number; start it with POST /bulk/{id}/start"
            );
        acts.MapPost("/retry", RetryAllAsync)
            .WithName("RetryFailures")
            .WithSummary("The same for all unresolved groups")
            .WithMetadata(new BodyOptional())
            .Accepts<RetryFailuresRequest>(isOptional: true, "application/json");
    }

    private static async Task<Results<Ok<Page<FailureGroupView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        ClaimsPrincipal user,
        FailureQueries failures,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(request);
        var filter = new FailureFilter
        {
            Status = query.Word("status", FailureStatus.All),
            Agent = query.Text("agent"),
            Workspace = query.Text("workspace"),
            Visible = user.RequireCaller().Workspaces,
        };
        var (cursor, limit) = (query.PageCursor(FailureQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await failures.ListAsync(filter, cursor, limit, cancellationToken));
    }

    private static async Task<Results<Ok<FailureDetailView>, ProblemHttpResult>> FindAsync(
        Guid id,
        ClaimsPrincipal user,
        FailureQueries failures,
        CancellationToken cancellationToken
    )
    {
        if (await failures.FindAsync(id, cancellationToken) is not { } found)
            return NotFound(id);
        user.RequireCaller().Require(Role.Viewer, found.Group.Workspace);
        return TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<Page<FailedJobView>>, ProblemHttpResult>> JobsAsync(
        Guid id,
        HttpRequest request,
        ClaimsPrincipal user,
        FailureQueries failures,
        CancellationToken cancellationToken
    )
    {
        if (await failures.ByIdAsync([id], null, cancellationToken) is not [var group])
            return NotFound(id);
        user.RequireCaller().Require(Role.Viewer, group.Workspace);
        var query = new QueryReader(request);
        var (cursor, limit) = (query.PageCursor(FailureQueries.IsCursor), query.Limit());
        if (query.Problem is { } problem)
            return problem;
        return TypedResults.Ok(await failures.JobsAsync(id, cursor, limit, cancellationToken));
    }

    private static async Task<Results<Ok<FailureGroupView>, ProblemHttpResult>> ResolveAsync(
        Guid id,
        JsonBody<FailureCommentRequest> body,
        ClaimsPrincipal user,
        FailureCommands commands,
        CancellationToken cancellationToken
    ) => Answer(id, await commands.ResolveAsync(id, body.Value.Comment, user.RequireCaller(), cancellationToken));

    private static async Task<Results<Ok<FailureGroupView>, ProblemHttpResult>> IgnoreAsync(
        Guid id,
        JsonBody<IgnoreFailureRequest> body,
        ClaimsPrincipal user,
        FailureCommands commands,
        CancellationToken cancellationToken
    ) =>
        Answer(
            id,
            await commands.IgnoreAsync(
                id,
                body.Value.Until,
                body.Value.Comment,
                user.RequireCaller(),
                cancellationToken
            )
        );

    private static async Task<Results<Ok<FailureGroupView>, ProblemHttpResult>> ReopenAsync(
        Guid id,
        JsonBody<FailureCommentRequest> body,
        ClaimsPrincipal user,
        FailureCommands commands,
        CancellationToken cancellationToken
    ) => Answer(id, await commands.ReopenAsync(id, body.Value.Comment, user.RequireCaller(), cancellationToken));

    private static async Task<Results<Created<BulkView>, ProblemHttpResult>> RetryAsync(
        Guid id,
        ClaimsPrincipal user,
        FailureCommands commands,
        CancellationToken cancellationToken
    ) => Frozen(id, await commands.RetryAsync(id, user.RequireCaller(), cancellationToken));

    private static async Task<Results<Created<BulkView>, ProblemHttpResult>> RetryAllAsync(
        JsonBody<RetryFailuresRequest> body,
        ClaimsPrincipal user,
        FailureCommands commands,
        CancellationToken cancellationToken
    ) => Frozen(Guid.Empty, await commands.RetryAllAsync(body.Value.Agent, user.RequireCaller(), cancellationToken));

    private static Results<Ok<FailureGroupView>, ProblemHttpResult> Answer(Guid id, FailureOutcome outcome) =>
        outcome switch
        {
            FailureOutcome.Taken taken => TypedResults.Ok(taken.Group),
            FailureOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            FailureOutcome.Refused refused => Problems.Conflict("failure.refused", refused.Reason),
            _ => NotFound(id),
        };

    private static Results<Created<BulkView>, ProblemHttpResult> Frozen(Guid id, BulkOutcome outcome) =>
        outcome switch
        {
            BulkOutcome.Taken taken => TypedResults.Created($"/api/v1/bulk/{taken.Bulk.Id}", taken.Bulk),
            BulkOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            BulkOutcome.Refused refused => Problems.Conflict("failure.nothingToRetry", refused.Reason),
            _ => NotFound(id),
        };

    private static ProblemHttpResult NotFound(Guid id) => Problems.NotFound($"group of failures {id}");
}
