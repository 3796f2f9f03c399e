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
        // Text, not jsonb: the bytes stay as written, doubled keys and all.
        row.Property(r => r.Before).HasColumnType("text");
        row.Property(r => r.After).HasColumnType("text");
    }
}
