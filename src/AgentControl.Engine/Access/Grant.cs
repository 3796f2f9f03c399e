using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Access;

/// <summary>A role of one person or key in one workspace, or everywhere (<see cref="Caller.Everywhere"/>).</summary>
public sealed class Grant
{
    /// <summary><c>person</c> or <c>key</c>.</summary>
    public required string PrincipalKind { get; init; }
    public required Guid PrincipalId { get; init; }
    public required string Workspace { get; init; }

    /// <summary>A word of <see cref="RoleNames"/>.</summary>
    public required string Role { get; set; }
}

internal sealed class GrantMapping : IEntityTypeConfiguration<Grant>
{
    public void Configure(EntityTypeBuilder<Grant> grant)
    {
        grant.ToTable(
            "grants",
            t =>
            {
                t.HasCheckConstraint("ck_grants_principal_kind", "principal_kind IN ('person','key')");
                t.HasCheckConstraint("ck_grants_role", "role IN ('display','viewer','operator','approver','admin')");
            }
        );
        grant.HasKey(g => new
        {
            g.PrincipalKind,
            g.PrincipalId,
            g.Workspace,
        });
    }
}
