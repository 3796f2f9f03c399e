using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Signals;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Signals;

/// <summary>Values for waiting agents over REST.</summary>
internal static class SignalEndpoints
{
    public const int MaxName = 200;

    public static void MapSignals(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/jobs/{id}/signals/{name}", SendAsync)
            .WithTags("Signals")
            .RequireAuthorization(Policies.Operator)
            .WithName("SendSignal")
            .WithSummary("Deliver a value that the agent waits for by name; with an Idempotency-Key exactly once")
            .Accepts<JsonElement>("application/json");

    private static async Task<Results<Accepted, ProblemHttpResult>> SendAsync(
        string id,
        string name,
        JsonBody<JsonElement> body,
        HttpContext context,
        JobDoor door,
        SignalCommands signals,
        CancellationToken cancellationToken
    )
    {
        if (name.Length > MaxName)
            return Problems.BadField("name", $"A signal's name has at most {MaxName} characters.");
        if (await door.EnterAsync(id, context.User, Role.Operator, cancellationToken) is not { } job)
            return JobDoor.NotFound(id);
        var caller = context.User.RequireCaller();
        var (key, problem) = Idempotency.Read(context.Request, caller, body.Sha256);
        if (problem is not null)
            return problem;
        var outcome = await signals.SendAsync(job.Id, name, body.Value, caller.Actor, key, cancellationToken);
        if (outcome == SignalOutcome.Replayed)
            context.Response.Headers[Idempotency.Replayed] = "true";
        return Problem(outcome, id) is { } refusal ? refusal : TypedResults.Accepted($"/api/v1/jobs/{job.Id}");
    }

    /// <summary>Why a signal was not delivered; null where it was.</summary>
    public static ProblemHttpResult? Problem(SignalOutcome outcome, string id) =>
        outcome switch
        {
            SignalOutcome.Accepted or SignalOutcome.Replayed => null,
            SignalOutcome.Ended => Problems.Conflict("job.ended", "The job has ended; nobody waits for a signal."),
            SignalOutcome.KeyReused => Idempotency.Reused(),
            SignalOutcome.InFlight => Idempotency.InFlight(),
            SignalOutcome.TooLarge => Problems.TooLarge(
                "value",
                "A signal's value has at most 1 MiB. Put larger values into a file of the workspace."
            ),
            _ => JobDoor.NotFound(id),
        };
}
