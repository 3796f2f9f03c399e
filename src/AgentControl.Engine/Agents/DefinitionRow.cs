using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Agents;

/// <summary>A version of an agent that people defined in the running program. Nothing is ever changed here: a change is a new version.</summary>
public sealed class DefinitionRow
{
    public required string Name { get; init; }

    /// <summary>From 1 on; the highest is in force.</summary>
    public int Version { get; init; }

    /// <summary>As JSON; null where the agent was retired.</summary>
    public string? Settings { get; init; }

    public required string ChangedBy { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
}

internal sealed class DefinitionMapping : IEntityTypeConfiguration<DefinitionRow>
{
    public void Configure(EntityTypeBuilder<DefinitionRow> definition)
    {
        definition.ToTable("agent_definitions");
        definition.HasKey(d => new { d.Name, d.Version });
    }
}
