using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Signals;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Signals;

internal sealed record SignalArguments(
    [property: Description("A job's id or short id.")] string Job,
    [property: Description("The name that the agent waits for.")] string Name,
    [property: Description("The value. Left out: null.")] JsonNode? Value = null,
    [property: Description(ToolKeys.What)] string? IdempotencyKey = null
);

/// <summary>A signal that was delivered.</summary>
/// <param name="Replayed">The same key came before; nothing was delivered again.</param>
internal sealed record SignalAnswer(JobLine Job, bool Replayed);

/// <summary>Values for waiting agents as a tool.</summary>
internal sealed class SignalTools(JobDoor door, SignalCommands signals, JobQueries jobs)
{
    private static readonly JsonElement _null = JsonElement.Parse("null");

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<SignalTools, SignalArguments, SignalAnswer>(
            "send_signal",
            "Send a signal to a job",
            "Delivers a value that the agent waits for by name.",
            Role.Operator,
            ToolEffect.Adds,
            (tools, arguments, call) => tools.SendAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<SignalAnswer>, ProblemHttpResult>> SendAsync(SignalArguments arguments, ToolCall call)
    {
        if (arguments.Name.Length is 0 or > SignalEndpoints.MaxName)
            return Problems.BadField("name", $"A signal's name has 1 to {SignalEndpoints.MaxName} characters.");
        if (await door.EnterAsync(arguments.Job, call.User, Role.Operator, call.Cancelled) is not { } job)
            return JobDoor.NotFound(arguments.Job);
        var value = arguments.Value is { } given ? JsonSerializer.SerializeToElement(given) : _null;
        var (key, problem) = ToolKeys.Read(
            arguments.IdempotencyKey,
            $"send_signal {job.Id} {arguments.Name}",
            call.Caller,
            CanonicalJson.Hash(value)
        );
        if (problem is not null)
            return problem;
        var outcome = await signals.SendAsync(job.Id, arguments.Name, value, call.Caller.Actor, key, call.Cancelled);
        if (SignalEndpoints.Problem(outcome, arguments.Job) is { } refusal)
            return refusal;
        return await jobs.SummaryAsync(job.Id, call.Cancelled) is { } now
            ? TypedResults.Ok(new SignalAnswer(JobLine.Of(now), outcome == SignalOutcome.Replayed))
            : JobDoor.NotFound(arguments.Job);
    }
}
