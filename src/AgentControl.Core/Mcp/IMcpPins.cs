namespace AgentControl.Core.Mcp;

/// <summary>What was accepted of each MCP server: the first set of tools that was seen, or what a person accepted since.</summary>
public interface IMcpPins
{
    /// <summary>What stands; null where the server was never seen.</summary>
    Task<McpPin?> FindAsync(string server, CancellationToken cancellationToken);

    /// <summary>Pins what is seen for the first time. Where something stands already, that stays.</summary>
    /// <returns>What stands now.</returns>
    Task<McpPin> PinFirstAsync(string server, IReadOnlyList<McpTool> tools, CancellationToken cancellationToken);
}

/// <summary>The accepted tools of a server.</summary>
/// <param name="Sha256">Of the whole set.</param>
/// <param name="PinnedBy">A person's name, or <c>system</c> for the first set.</param>
public sealed record McpPin(
    string Server,
    IReadOnlyList<McpTool> Tools,
    string Sha256,
    DateTimeOffset PinnedAt,
    string PinnedBy
)
{
    public const string System = "system";

    /// <summary>How what a server offers now differs from this, tool by tool; nothing where it does not.</summary>
    public IReadOnlyList<McpChange> ChangesTo(IReadOnlyList<McpTool> now)
    {
        ArgumentNullException.ThrowIfNull(now);
        var was = Tools.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var seen = now.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. now.Where(t => was.GetValueOrDefault(t.Name)?.Sha256 != t.Sha256)
                .Select(t => new McpChange(t.Name, was.GetValueOrDefault(t.Name), t)),
            .. Tools.Where(t => !seen.Contains(t.Name)).Select(t => new McpChange(t.Name, t, null)),
        ];
    }
}

/// <summary>One tool that is not as it was accepted.</summary>
/// <param name="Before">Null for a new one.</param>
/// <param name="Now">Null for one that is gone.</param>
public sealed record McpChange(string Tool, McpTool? Before, McpTool? Now);
