using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Agents;

/// <summary>An agent of the catalogue.</summary>
/// <param name="Queue">Where its jobs go when the submission names no queue.</param>
/// <param name="Internal">Only other agents submit it.</param>
internal sealed record AgentContract(
    string Name,
    string Version,
    string Description,
    string Queue,
    bool Internal,
    JsonNode InputSchema,
    JsonNode OutputSchema
)
{
    public static AgentContract Of(AgentDefinition agent) =>
        new(
            agent.Name,
            agent.Version,
            agent.Description,
            agent.Queue,
            agent.Internal,
            agent.InputSchema,
            agent.OutputSchema
        );
}

/// <summary>The catalogue over REST.</summary>
internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents").WithTags("Agents").RequireAuthorization(Policies.Viewer);
        agents.MapGet("/", List).WithName("ListAgents").WithSummary("The agents with their input and output schemas");
        agents.MapGet("/{name}", Find).WithName("GetAgent").WithSummary("One agent");
    }

    private static Ok<Page<AgentContract>> List(AgentCatalog catalog) =>
        TypedResults.Ok(
            new Page<AgentContract>(
                [.. catalog.All.OrderBy(a => a.Name, StringComparer.Ordinal).Select(AgentContract.Of)],
                null
            )
        );

    private static Results<Ok<AgentContract>, ProblemHttpResult> Find(string name, AgentCatalog catalog) =>
        catalog.Find(name) is { } agent ? TypedResults.Ok(AgentContract.Of(agent)) : Problems.NotFound($"agent {name}");
}
