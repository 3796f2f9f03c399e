using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Mcp;

/// <summary>The tools of an MCP server that were accepted.</summary>
public sealed class McpPinRow
{
    public required string Server { get; init; }

    /// <summary>JSON in UTF-8; its texts come from the server.</summary>
    public required byte[] Tools { get; set; }

    /// <summary>Of the set, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; set; }

    public DateTimeOffset PinnedAt { get; set; }

    /// <summary>A person's name, or <c>system</c> for the first set.</summary>
    public required string PinnedBy { get; set; }
}

internal sealed class McpPinMapping : IEntityTypeConfiguration<McpPinRow>
{
    public void Configure(EntityTypeBuilder<McpPinRow> pin)
    {
        pin.ToTable("mcp_pins");
        pin.HasKey(p => p.Server);
    }
}
