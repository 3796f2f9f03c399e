using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Children;

/// <summary>The counts of one fan-out, kept by the drain under the parent's lock.</summary>
public sealed class ChildGroupRow
{
    public Guid ParentId { get; init; }
    public required string Key { get; init; }
    public int Total { get; set; }
    public int Succeeded { get; set; }
    public int Failed { get; set; }
    public int Cancelled { get; set; }
}

/// <summary>One child's end, inserted in its last transaction and taken by the drain.</summary>
public sealed class ChildEndRow
{
    public Guid ParentId { get; init; }
    public Guid ChildId { get; init; }
    public required string ParentKey { get; init; }

    /// <summary>The final state.</summary>
    public required string State { get; init; }
}

internal sealed class ChildGroupMapping : IEntityTypeConfiguration<ChildGroupRow>
{
    public void Configure(EntityTypeBuilder<ChildGroupRow> group)
    {
        group.ToTable("child_groups");
        group.HasKey(g => new { g.ParentId, g.Key });
    }
}

internal sealed class ChildEndMapping : IEntityTypeConfiguration<ChildEndRow>
{
    public void Configure(EntityTypeBuilder<ChildEndRow> end)
    {
        end.ToTable("child_ends");
        end.HasKey(e => new { e.ParentId, e.ChildId });
    }
}
