using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Core.Mcp;

/// <summary>A tool as an MCP server defines it. Its texts come from the server: they are material, never instructions.</summary>
/// <param name="Repeatable">The server says that it only reads, or that a second call changes nothing more.</param>
public sealed record McpTool(string Name, string Description, JsonElement Schema, bool Repeatable)
{
    /// <summary>Of name, description and schema, as canonical JSON, in lower-case hexadecimal: what a model is told, and what a person accepts.</summary>
    public string Sha256 =>
        Convert.ToHexStringLower(
            CanonicalJson.Hash(
                new
                {
                    Name,
                    Description,
                    Schema,
                }
            )
        );

    /// <summary>Of a whole set of tools, in whatever order the server lists them.</summary>
    public static string HashOf(IEnumerable<McpTool> tools) =>
        Convert.ToHexStringLower(
            CanonicalJson.Hash(
                tools.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new { t.Name, t.Sha256 }).ToList()
            )
        );
}
