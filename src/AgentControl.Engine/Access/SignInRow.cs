using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Access;

/// <summary>One browser in which a person signed in. Its cookie names it, and counts only while it is not ended.</summary>
internal sealed class SignInRow
{
    public required Guid Id { get; init; }
    public required Guid PersonId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The network address that it was made from.</summary>
    public required string Address { get; init; }

    /// <summary>What the browser calls itself.</summary>
    public required string Browser { get; init; }

    /// <summary><c>password</c> or <c>company</c>.</summary>
    public required string Way { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

internal sealed class SignInMapping : IEntityTypeConfiguration<SignInRow>
{
    public void Configure(EntityTypeBuilder<SignInRow> row)
    {
        row.ToTable("sign_ins");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).ValueGeneratedNever();
        row.HasIndex(r => new { r.PersonId, r.At });
        row.HasOne<Person>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Wrong passwords for one name, from one address or both, and until when no more are looked at.</summary>
internal sealed class SignInGuardRow
{
    /// <summary>What is counted, as a hash: no name that somebody typed is kept.</summary>
    public required byte[] Key { get; init; }
    public required int Failures { get; init; }

    /// <summary>How many times it was locked in a row: each is longer than the one before.</summary>
    public required int Locks { get; init; }
    public DateTimeOffset? LockedUntil { get; init; }
    public required DateTimeOffset LastAt { get; init; }
}

internal sealed class SignInGuardMapping : IEntityTypeConfiguration<SignInGuardRow>
{
    public void Configure(EntityTypeBuilder<SignInGuardRow> row)
    {
        row.ToTable("sign_in_guards");
        row.HasKey(r => r.Key);
        row.HasIndex(r => r.LastAt);
    }
}
