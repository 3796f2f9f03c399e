using AgentControl.Agents.Assistant;
using AgentControl.Core.Jobs;
using AgentControl.Core.Mcp;
using AgentControl.Core.Services;

namespace AgentControl.Agents.Mcp;

/// <summary>The configured MCP servers of this process. Nothing is started or reached before something needs it.</summary>
public sealed class McpServers : IAsyncDisposable
{
    /// <summary>Most characters of a description that a model is told.</summary>
    private const int LongestDescription = 4_000;

    private readonly Dictionary<string, McpConnection> connections;

    public McpServers(IEnumerable<McpServerSettings> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        connections = servers.ToDictionary(s => s.Name, s => new McpConnection(s), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The tools that an assistant's servers offer now, and a sentence for everything that is not offered.</summary>
    public async Task<McpOffer> OfferAsync(AssistantSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (tools, notes) = (new List<AssistantTool>(), new List<string>());
        var lists = await Task.WhenAll(settings.McpServers.Select(name => ListAsync(name, cancellationToken)));
        foreach (var (name, listed, problem) in lists)
        {
            if (problem is not null)
                notes.Add($"The tools of the MCP server '{name}' are not offered. {problem}");
            foreach (var tool in listed)
            {
                var offered = McpNames.Of(name, tool.Name);
                if (McpNames.Problem(offered) is { } unfit)
                    notes.Add($"The tool '{tool.Name}' of the MCP server '{name}' is not offered. {unfit}");
                else if (tools.Exists(t => t.Name == offered))
                    notes.Add(
                        $"The tool '{tool.Name}' of the MCP server '{name}' is not offered: there is another tool '{offered}'."
                    );
                else
                    tools.Add(
                        Tool(
                            connections[name],
                            offered,
                            McpText.Cut(tool.Description, LongestDescription),
                            tool.Schema,
                            new(name, tool.Name, tool.Sha256, tool.Repeatable)
                        )
                    );
            }
        }
        foreach (var unknown in settings.Tools.Keys.Where(k => McpNames.IsOne(k) && !tools.Exists(t => t.Name == k)))
            notes.Add($"There is a policy for the tool '{unknown}', which is not offered.");
        return new(tools, notes);
    }

    /// <summary>The tools that a job was told of when it began, whatever their servers offer now.</summary>
    public IEnumerable<AssistantTool> Recorded(AssistantDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        foreach (var tool in definition.Tools)
        {
            if (tool.Origin is { } origin && connections.TryGetValue(origin.Server, out var connection))
                yield return Tool(connection, tool.Name, tool.Description, tool.Schema, origin);
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(connections.Values.Select(c => c.DisposeAsync().AsTask()));

    private static McpAssistantTool Tool(
        McpConnection connection,
        string name,
        string description,
        System.Text.Json.JsonElement schema,
        ToolOrigin origin
    ) => new(connection, name, description, schema, origin);

    private async Task<(string Name, IReadOnlyList<McpTool> Tools, string? Problem)> ListAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        if (!connections.TryGetValue(name, out var connection))
            return (name, [], $"Set AgentControl:McpServers:{name}.");
        try
        {
            return (name, await connection.ListAsync(cancellationToken), null);
        }
        catch (Exception problem) when (problem is ServiceException or PermanentFailureException)
        {
            return (name, [], problem.Message);
        }
    }
}

/// <summary>What an assistant's MCP servers offer.</summary>
/// <param name="Notes">What is not offered, and why: one sentence each.</param>
public sealed record McpOffer(IReadOnlyList<AssistantTool> Tools, IReadOnlyList<string> Notes);
