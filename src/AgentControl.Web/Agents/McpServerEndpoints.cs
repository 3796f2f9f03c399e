using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Agents;

/// <summary>The body of <c>POST /mcp-servers/{name}/accept</c>.</summary>
internal sealed record AcceptMcpServerRequest
{
    /// <summary>The <c>sha256</c> of the server as it was seen; required.</summary>
    public string? Sha256 { get; init; }
}

/// <summary>MCP servers over REST.</summary>
internal static class McpServerEndpoints
{
    public static void MapMcpServers(this IEndpointRouteBuilder routes)
    {
        var servers = routes.MapGroup("/api/v1/mcp-servers").WithTags("MCP servers");
        servers
            .MapGet("/", ListAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("ListMcpServers")
            .WithSummary(
                "The configured MCP servers: whether they answer, their tools, and what changed since it was accepted"
            )
            .Takes();
        servers
            .MapPost("/{name}/accept", AcceptAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("AcceptMcpServer")
            .WithSummary("Accept the tools of a server as they were seen; 409 where they changed again")
            .Accepts<AcceptMcpServerRequest>("application/json")
            .Takes();
    }

    private static async Task<Ok<Page<McpServerContract>>> ListAsync(
        McpDesk desk,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<McpServerContract>(await desk.ListAsync(cancellationToken), null));

    private static async Task<Results<Ok<McpServerContract>, ProblemHttpResult>> AcceptAsync(
        string name,
        JsonBody<AcceptMcpServerRequest> body,
        HttpContext context,
        McpDesk desk,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (string.IsNullOrWhiteSpace(body.Value.Sha256))
            return Problems.BadField("sha256", "Give the sha256 of the server as GET /api/v1/mcp-servers told it.");
        var outcome = await desk.AcceptAsync(name, body.Value.Sha256, caller.Actor, cancellationToken);
        return outcome.Kind switch
        {
            McpAcceptanceKind.Accepted => TypedResults.Ok(outcome.Server!),
            McpAcceptanceKind.Unknown => Problems.NotFound($"MCP server {name}"),
            McpAcceptanceKind.Unreachable => Problems.Conflict(
                "mcpServer.unreachable",
                $"{name} cannot be reached, so nothing can be accepted. {outcome.Server!.Problem}"
            ),
            _ => Problems.Conflict(
                "mcpServer.changed",
                $"The tools of {name} changed again since they were seen. Look at them, and accept what you see.",
                ("sha256", outcome.Server!.Sha256)
            ),
        };
    }
}
