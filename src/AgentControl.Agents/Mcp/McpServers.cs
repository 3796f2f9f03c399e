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
    private readonly IMcpPins? pins;

    /// <param name="pins">What was accepted of each server; without it everything is offered that is listed.</param>
    public McpServers(IEnumerable<McpServerSettings> servers, IMcpPins? pins = null)
    {
        ArgumentNullException.ThrowIfNull(servers);
        connections = servers.ToDictionary(s => s.Name, s => new McpConnection(s), StringComparer.OrdinalIgnoreCase);
        this.pins = pins;
    }

    public IReadOnlyList<McpServerSettings> All =>
        [.. connections.Values.Select(c => c.Server).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>The tools that an assistant's servers offer now, and a sentence for everything that is not offered.</summary>
    public async Task<McpOffer> OfferAsync(AssistantSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (tools, notes) = (new List<AssistantTool>(), new List<string>());
        var servers = await Task.WhenAll(settings.McpServers.Select(name => LookAsync(name, cancellationToken)));
        foreach (var server in servers)
        {
            notes.AddRange(server.Notes);
            foreach (var tool in server.Usable)
            {
                var name = McpNames.Of(server.Name, tool.Name);
                if (McpNames.Problem(name) is { } unfit)
                    notes.Add($"The tool '{tool.Name}' of the MCP server '{server.Name}' is not offered. {unfit}");
                else if (tools.Exists(t => t.Name == name))
                    notes.Add(
                        $"The tool '{tool.Name}' of the MCP server '{server.Name}' is not offered: there is another tool '{name}'."
                    );
                else
                    tools.Add(Tool(connections[server.Name], name, tool));
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
                yield return new McpAssistantTool(connection, tool.Name, tool.Description, tool.Schema, origin);
        }
    }

    /// <summary>What a server offers now, beside what was accepted of it. What is seen for the first time is pinned.</summary>
    /// <param name="within">How long it may take, where that is shorter than the server's own time.</param>
    public async Task<McpServerState> LookAsync(
        string name,
        CancellationToken cancellationToken,
        TimeSpan? within = null
    )
    {
        if (!connections.TryGetValue(name, out var connection))
            return new(name, null, null, $"Set AgentControl:McpServers:{name}.");
        var pin = pins is null ? null : await pins.FindAsync(name, cancellationToken);
        try
        {
            var now = await connection.ListAsync(cancellationToken, within);
            if (pins is not null)
                pin ??= await pins.PinFirstAsync(name, now, cancellationToken);
            return new(name, now, pin, null);
        }
        catch (Exception problem) when (problem is ServiceException or PermanentFailureException)
        {
            return new(name, null, pin, problem.Message);
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(connections.Values.Select(c => c.DisposeAsync().AsTask()));

    private static McpAssistantTool Tool(McpConnection connection, string name, McpTool tool) =>
        new(
            connection,
            name,
            McpText.Cut(tool.Description, LongestDescription),
            tool.Schema,
            new(connection.Server.Name, tool.Name, tool.Sha256, tool.Repeatable)
        );
}

/// <summary>What an assistant's MCP servers offer.</summary>
/// <param name="Notes">What is not offered, and why: one sentence each.</param>
public sealed record McpOffer(IReadOnlyList<AssistantTool> Tools, IReadOnlyList<string> Notes);
