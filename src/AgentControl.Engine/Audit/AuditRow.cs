using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Audit;

/// <summary>One deed of a person, a key or the program. A trigger refuses to change or delete it.</summary>
internal sealed class AuditRow
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string ActorName { get; init; }
    public string? Origin { get; init; }
    public required string Action { get; init; }
    public required string Target { get; init; }
    public string? TargetName { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }

    /// <summary>The line's place in the chain, from 1 without gaps. The database gives it at the end of the transaction.</summary>
    public long? Seq { get; init; }

    /// <summary>SHA-256 over the hash of the line before it and its own content.</summary>
    public byte[]? Hash { get; init; }
}

/// <summary>The end of the chain, in one row: how many lines there are, and the hash of the last.</summary>
internal sealed class AuditHeadRow
{
    public short Id { get; init; }
    public long Seq { get; init; }
    public required byte[] Hash { get; init; }
}

internal sealed class AuditMapping : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> row)
    {
        row.ToTable("audit_log");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).ValueGeneratedNever();
        row.HasIndex(r => new { r.At, r.Id });
        row.HasIndex(r => new { r.Actor, r.At });
        row.HasIndex(r => new { r.Target, r.At });
        row.HasIndex(r => new { r.Action, r.At });
        row.HasIndex(r => r.Seq).IsUnique();
        // Text, not jsonb: the bytes stay as written, doubled keys and all.
        row.Property(r => r.Before).HasColumnType("text");
        row.Property(r => r.After).HasColumnType("text");
    }
}

internal sealed class AuditHeadMapping : IEntityTypeConfiguration<AuditHeadRow>
{
    public void Configure(EntityTypeBuilder<AuditHeadRow> head)
    {
        head.ToTable("audit_head", t => t.HasCheckConstraint("ck_audit_head_one", "id = 1"));
        head.HasKey(h => h.Id);
        head.Property(h => h.Id).ValueGeneratedNever();
    }
}
