using AgentControl.Core.Mcp;

namespace AgentControl.Agents.Mcp;

/// <summary>A server as it is now, beside what was accepted of it.</summary>
/// <param name="Now">What it lists; null where it cannot be reached.</param>
/// <param name="Pin">What was accepted; null where it was never reached.</param>
/// <param name="Problem">Why it cannot be reached.</param>
public sealed record McpServerState(string Name, IReadOnlyList<McpTool>? Now, McpPin? Pin, string? Problem)
{
    /// <summary>Of what it lists now: who accepts, accepts this.</summary>
    public string? Sha256 => Now is null ? null : McpTool.HashOf(Now);

    public IReadOnlyList<McpChange> Changes => Now is null || Pin is null ? [] : Pin.ChangesTo(Now);

    /// <summary>ok, changed or unreachable.</summary>
    public string State =>
        Now is null ? "unreachable"
        : Changes.Count > 0 ? "changed"
        : "ok";

    /// <summary>What may be offered: what is listed now as it was accepted, and of a server that does not answer what was accepted of it.</summary>
    public IReadOnlyList<McpTool> Usable =>
        Now is null ? Pin?.Tools ?? []
        : Pin is null ? Now
        : [.. Pin.Tools.Where(p => Now.Any(t => t.Name == p.Name && t.Sha256 == p.Sha256))];

    /// <summary>What is not offered, and why.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (Problem is not null)
                yield return Pin is null
                    ? $"The tools of the MCP server '{Name}' are not offered. {Problem}"
                    : $"The MCP server '{Name}' does not answer; its tools are offered as they were accepted. {Problem}";
            foreach (var change in Changes)
                yield return change.Now is null
                    ? $"The MCP server '{Name}' does not offer the tool '{change.Tool}' any more."
                    : $"The tool '{change.Tool}' of the MCP server '{Name}' is withheld: it is {(change.Before is null ? "new" : "described otherwise than it was accepted")}. An admin has to accept it.";
        }
    }
}
