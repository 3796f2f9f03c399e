using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Approvals.Policies;

/// <summary>Terms that hold for every request of its scope. Empty parts of the scope mean any.</summary>
public sealed class ApprovalPolicyRow
{
    public Guid Id { get; init; }
    public required string Agent { get; init; }

    /// <summary>What is done, such as the name of a tool.</summary>
    public required string Action { get; init; }
    public required string Workspace { get; init; }

    /// <summary>The terms as a JSON object.</summary>
    public required string Terms { get; set; }
    public required string ChangedBy { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>A decision that is given beforehand, for good or for a time. It is never changed, only revoked.</summary>
public sealed class StandingRuleRow
{
    public Guid Id { get; init; }
    public required string Agent { get; init; }
    public required string Action { get; init; }
    public required string Workspace { get; init; }

    /// <summary>approve or reject.</summary>
    public required string Decision { get; init; }
    public required string Reason { get; init; }

    /// <summary>Who made it, as <c>person:id</c> or <c>key:id</c>; keys of a person are that person.</summary>
    public required string Maker { get; init; }
    public required string MakerName { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }
}

internal sealed class ApprovalPolicyMapping
    : IEntityTypeConfiguration<ApprovalPolicyRow>,
        IEntityTypeConfiguration<StandingRuleRow>
{
    public void Configure(EntityTypeBuilder<ApprovalPolicyRow> builder)
    {
        builder.ToTable("approval_policies");
        builder.HasKey(p => p.Id);
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder
            .HasIndex(p => new
            {
                p.Agent,
                p.Action,
                p.Workspace,
            })
            .IsUnique();
    }

    public void Configure(EntityTypeBuilder<StandingRuleRow> builder)
    {
        builder.ToTable(
            "approval_rules",
            t => t.HasCheckConstraint("ck_approval_rules_decision", "decision IN ('approve','reject')")
        );
        builder.HasKey(r => r.Id);
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.HasIndex(r => new { r.Agent, r.Action }).HasFilter("revoked_at IS NULL");
    }
}
