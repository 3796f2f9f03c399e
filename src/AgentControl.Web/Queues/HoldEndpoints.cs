using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Queues;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Queues;

/// <summary>The body of <c>PUT /hold</c>.</summary>
internal sealed record HoldRequest(bool? Held);

/// <summary>Holding everything over REST.</summary>
internal static class HoldEndpoints
{
    public static void MapHold(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/v1/hold", ReadAsync)
            .WithTags("Queues")
            .RequireAuthorization(Policies.Viewer)
            .WithName("GetHold")
            .WithSummary("Whether everything is held, by whom and since when");
        routes
            .MapPut("/api/v1/hold", ChangeAsync)
            .WithTags("Queues")
            .RequireAuthorization(Policies.Operator)
            .WithName("SetHold")
            .WithSummary("Hold everything, or release it: no job starts or resumes, running ones go on")
            .Accepts<HoldRequest>("application/json");
    }

    private static async Task<Ok<HoldView>> ReadAsync(QueueQueries queues, CancellationToken cancellationToken) =>
        TypedResults.Ok(await queues.HoldAsync(cancellationToken));

    private static async Task<Results<Ok<HoldView>, ProblemHttpResult>> ChangeAsync(
        JsonBody<HoldRequest> body,
        ClaimsPrincipal user,
        QueueSettings settings,
        QueueQueries queues,
        CancellationToken cancellationToken
    )
    {
        var caller = user.RequireCaller();
        caller.Require(Role.Operator, Caller.Everywhere);
        if (body.Value.Held is not { } held)
            return Problems.BadField("held", "Say true to hold everything, or false to release it.");
        await settings.HoldAsync(held, caller.Actor, cancellationToken);
        return TypedResults.Ok(await queues.HoldAsync(cancellationToken));
    }
}
