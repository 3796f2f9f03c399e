using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Access;

/// <summary>A one-time link: to become a person here, or to choose a new password. Only its token's SHA-256 is kept.</summary>
internal sealed class Invitation
{
    public required Guid Id { get; init; }
    public required byte[] Hash { get; init; }

    /// <summary>Whose password it sets; null where it makes a new person.</summary>
    public Guid? PersonId { get; init; }
    public required string Email { get; init; }

    /// <summary>The role that the new person gets; null for none, and for a new password.</summary>
    public string? Role { get; init; }
    public required string[] Groups { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> row)
    {
        row.ToTable(
            "invitations",
            t =>
            {
                t.HasCheckConstraint("ck_invitations_hash", "octet_length(hash) = 32");
                t.HasCheckConstraint("ck_invitations_role", "role IN ('viewer','operator','approver','admin')");
            }
        );
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).ValueGeneratedNever();
        row.HasIndex(r => r.Hash).IsUnique();
        row.HasOne<Person>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Cascade);
    }
}
