using AgentControl.Agents.Mcp;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Chaos.Host;

/// <summary>The MCP server that a test scripts, where it has one: a child process of this one.</summary>
internal static class DeskServer
{
    private const string Name = "desk";

    public static IReadOnlyList<McpServerSettings> Read(IConfiguration configuration) =>
        configuration["Desk:Program"] is { } program
            ?
            [
                new(Name)
                {
                    Command = "dotnet",
                    Arguments = [program],
                    Environment = new Dictionary<string, string> { ["MCP_CONTROL"] = configuration["Desk:Control"]! },
                },
            ]
            : [];

    public static IEnumerable<string> Tools(McpServerSettings server) =>
        new[] { "echo", "pay" }.Select(tool => McpNames.Of(server.Name, tool));
}
