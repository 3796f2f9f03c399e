using AgentControl.Agents.Mcp;
using AgentControl.Engine.Access;
using AgentControl.Engine.Mcp;

namespace AgentControl.Web.Agents;

/// <summary>MCP servers as people see them, and their acceptance of what changed.</summary>
internal sealed class McpDesk(McpServers servers, McpPins pins)
{
    /// <summary>Nobody waits longer for a page.</summary>
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<McpServerContract>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(
            servers.All.Select(async server =>
                McpServerContract.Of(server, await servers.LookAsync(server.Name, cancellationToken, _within))
            )
        );

    /// <summary>Accepts what the server lists, where that is still what was seen.</summary>
    /// <param name="seen">The hash of the set that the person looked at.</param>
    public async Task<McpAcceptance> AcceptAsync(
        string name,
        string seen,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        if (servers.All.FirstOrDefault(s => s.Name == name) is not { } server)
            return new(McpAcceptanceKind.Unknown, null);
        var state = await servers.LookAsync(name, cancellationToken, _within);
        if (state.Now is null)
            return new(McpAcceptanceKind.Unreachable, McpServerContract.Of(server, state));
        if (!string.Equals(state.Sha256, seen, StringComparison.OrdinalIgnoreCase))
            return new(McpAcceptanceKind.Changed, McpServerContract.Of(server, state));
        var pin = await pins.AcceptAsync(name, state.Now, actor, cancellationToken);
        return new(McpAcceptanceKind.Accepted, McpServerContract.Of(server, state with { Pin = pin }));
    }
}

/// <summary>What became of an acceptance.</summary>
internal enum McpAcceptanceKind
{
    Accepted,
    Unknown,
    Unreachable,

    /// <summary>The server lists something else than what was seen.</summary>
    Changed,
}

internal sealed record McpAcceptance(McpAcceptanceKind Kind, McpServerContract? Server);
