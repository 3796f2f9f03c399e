using System.ComponentModel;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Paging;
using AgentControl.Web.Hosting;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Agents;

internal sealed record ListAgentsArguments(
    [property: Description("Only agents whose names begin so.")] string? Name = null
);

internal sealed record AgentArguments(
    [property: Description("The agent's name, as list_agents tells it.")] string Agent
);

/// <summary>An agent as lists tell it; <c>get_agent</c> has its schemas.</summary>
internal sealed record AgentLine(string Name, string Version, string Description, string Queue);

/// <summary>The catalogue as tools.</summary>
internal sealed class AgentTools(AgentCatalog catalog)
{
    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<AgentTools, ListAgentsArguments, Page<AgentLine>>(
            "list_agents",
            "List agents",
            "The agents that take jobs. get_agent tells what input one takes.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, _) => Task.FromResult(tools.List(arguments.Name ?? ""))
        ),
        ServedTool.Of<AgentTools, AgentArguments, AgentContract>(
            "get_agent",
            "Look at an agent",
            "One agent with the JSON Schemas of its input and output.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, _) => Task.FromResult(tools.Find(arguments.Agent))
        ),
    ];

    private Results<Ok<Page<AgentLine>>, ProblemHttpResult> List(string begun) =>
        TypedResults.Ok(
            new Page<AgentLine>(
                [
                    .. catalog
                        .All.Where(a => !a.Internal && a.Name.StartsWith(begun, StringComparison.Ordinal))
                        .OrderBy(a => a.Name, StringComparer.Ordinal)
                        .Select(a => new AgentLine(a.Name, a.Version, a.Description, a.Queue)),
                ],
                null
            )
        );

    private Results<Ok<AgentContract>, ProblemHttpResult> Find(string name) =>
        catalog.Find(name) is { } agent ? TypedResults.Ok(AgentContract.Of(agent)) : Problems.NotFound($"agent {name}");
}
