using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Access;

/// <summary>People who are asked together, such as <c>finance-leads</c>. It gives no role by itself.</summary>
public sealed class Group
{
    /// <summary>a-z, 0-9, '-', '_' and '.'; it stays as it is.</summary>
    public required string Name { get; init; }
    public required string Description { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One person in a group.</summary>
public sealed class GroupMember
{
    public required string GroupName { get; init; }
    public required Guid PersonId { get; init; }
}

internal sealed class GroupMapping : IEntityTypeConfiguration<Group>
{
    public void Configure(EntityTypeBuilder<Group> group)
    {
        group.ToTable("groups");
        group.HasKey(g => g.Name);
    }
}

internal sealed class GroupMemberMapping : IEntityTypeConfiguration<GroupMember>
{
    public void Configure(EntityTypeBuilder<GroupMember> member)
    {
        member.ToTable("group_members");
        member.HasKey(m => new { m.GroupName, m.PersonId });
        member.HasIndex(m => m.PersonId);
        member.HasOne<Group>().WithMany().HasForeignKey(m => m.GroupName).OnDelete(DeleteBehavior.Cascade);
        member.HasOne<Person>().WithMany().HasForeignKey(m => m.PersonId).OnDelete(DeleteBehavior.Cascade);
    }
}
