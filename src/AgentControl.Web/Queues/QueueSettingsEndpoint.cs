using AgentControl.Engine.Access;
using AgentControl.Engine.Queues;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Queues;

/// <summary>The body of <c>PUT /queues/{name}</c>; what is left out stays.</summary>
internal sealed record ChangeQueueRequest
{
    /// <summary>In each worker process.</summary>
    public int? Workers { get; init; }
    public bool? Paused { get; init; }
}

/// <summary>Changing queues at run time. Running jobs are never touched.</summary>
internal static class QueueSettingsEndpoint
{
    public static void MapQueueSettings(this IEndpointRouteBuilder routes) =>
        routes
            .MapPut("/api/v1/queues/{name}", ChangeAsync)
            .WithTags("Queues")
            .RequireAuthorization(Policies.Operator)
            .WithName("ChangeQueue")
            .WithSummary("Change a queue's workers, or pause it; stored, for each worker process")
            .Accepts<ChangeQueueRequest>("application/json");

    private static async Task<Results<Ok<QueueView>, ProblemHttpResult>> ChangeAsync(
        string name,
        JsonBody<ChangeQueueRequest> body,
        HttpContext context,
        QueueSettings settings,
        QueueQueries queues,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        // A queue serves every workspace.
        caller.Require(Role.Operator, Caller.Everywhere);
        var errors = await settings.ChangeAsync(
            name,
            body.Value.Workers,
            body.Value.Paused,
            caller.Actor,
            cancellationToken
        );
        if (errors.Count > 0)
            return Problems.BadFields(errors);
        return await queues.FindAsync(name, cancellationToken) is { } queue
            ? TypedResults.Ok(queue)
            : Problems.NotFound($"queue {name}");
    }
}
