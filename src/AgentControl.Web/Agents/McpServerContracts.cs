using AgentControl.Agents.Mcp;
using AgentControl.Core.Mcp;

namespace AgentControl.Web.Agents;

/// <summary>An MCP server. Names, descriptions and schemas are what it says of itself, cut where they are long.</summary>
/// <param name="Transport">stdio or http.</param>
/// <param name="State">ok, changed or unreachable.</param>
/// <param name="Problem">Why it cannot be reached.</param>
/// <param name="Sha256">Of the tools that it lists now: what an acceptance names.</param>
/// <param name="Pinned">What was accepted; null where it was never reached.</param>
internal sealed record McpServerContract(
    string Name,
    string Transport,
    string State,
    string? Problem,
    string? Sha256,
    McpPinContract? Pinned,
    IReadOnlyList<McpToolContract> Tools,
    IReadOnlyList<McpChangeContract> Changes
)
{
    public static McpServerContract Of(McpServerSettings server, McpServerState state) =>
        new(
            server.Name,
            server.Command is null ? "http" : "stdio",
            state.State,
            state.Problem,
            state.Sha256,
            state.Pin is { } pin ? new(pin.Sha256, pin.PinnedAt, pin.PinnedBy) : null,
            [.. state.Usable.Select(t => McpToolContract.Of(server.Name, t))],
            [
                .. state.Changes.Select(c => new McpChangeContract(
                    c.Tool,
                    c.Before is null ? null : McpToolContract.Of(server.Name, c.Before),
                    c.Now is null ? null : McpToolContract.Of(server.Name, c.Now)
                )),
            ]
        );
}

/// <summary>When and by whom a set of tools was accepted; <c>system</c> for the first that was seen.</summary>
internal sealed record McpPinContract(string Sha256, DateTimeOffset At, string By);

/// <summary>A tool.</summary>
/// <param name="OfferedAs">What a model calls it.</param>
/// <param name="Schema">The JSON Schema of its arguments, as text.</param>
public sealed record McpToolContract(string Name, string OfferedAs, string Description, string Schema, string Sha256)
{
    private const int LongestDescription = 4_000;
    private const int LongestSchema = 8_000;

    public static McpToolContract Of(string server, McpTool tool) =>
        new(
            tool.Name,
            McpNames.Of(server, tool.Name),
            Cut(tool.Description, LongestDescription),
            Cut(tool.Schema.GetRawText(), LongestSchema),
            tool.Sha256
        );

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";
}

/// <summary>A tool that is not as it was accepted, and therefore withheld.</summary>
/// <param name="Before">Null for a new one.</param>
/// <param name="Now">Null for one that is gone.</param>
internal sealed record McpChangeContract(string Tool, McpToolContract? Before, McpToolContract? Now);
