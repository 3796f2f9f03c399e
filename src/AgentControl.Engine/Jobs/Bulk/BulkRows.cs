using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Jobs.Bulk;

/// <summary>One action upon many jobs, whose set was frozen before anybody confirmed it.</summary>
public sealed class BulkRow
{
    public Guid Id { get; init; }

    /// <summary>pause, resume, cancel, retry or tag.</summary>
    public required string Action { get; init; }

    /// <summary>The tag that is added.</summary>
    public string? Tag { get; init; }
    public string? Reason { get; set; }

    /// <summary>What was searched for, for people; null where jobs were chosen one by one.</summary>
    public string? Query { get; init; }
    public required string ActorId { get; init; }
    public required string ActorName { get; init; }
    public string? ActorFrom { get; init; }
    public Guid? ActorPerson { get; init; }
    public int Total { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was confirmed; one that nobody confirms is forgotten.</summary>
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? AbortedAt { get; set; }
    public string? AbortedBy { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
}

/// <summary>What became of one job of the set.</summary>
public sealed class BulkItemRow
{
    public Guid BulkId { get; init; }
    public int Position { get; init; }
    public Guid JobId { get; init; }

    /// <summary>done, refused, gone or aborted; null while it has not had its turn.</summary>
    public string? Outcome { get; set; }
    public string? Message { get; set; }
}

internal sealed class BulkMapping : IEntityTypeConfiguration<BulkRow>, IEntityTypeConfiguration<BulkItemRow>
{
    public void Configure(EntityTypeBuilder<BulkRow> builder)
    {
        builder.ToTable("bulk_actions");
        builder.HasKey(b => b.Id);
        builder.Property(b => b.Id).ValueGeneratedNever();
        builder.HasIndex(b => b.CreatedAt).HasFilter("finished_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<BulkItemRow> builder)
    {
        builder.ToTable("bulk_items");
        builder.HasKey(i => new { i.BulkId, i.Position });
        builder.HasIndex(i => new { i.BulkId, i.Outcome });
        builder.HasOne<BulkRow>().WithMany().HasForeignKey(i => i.BulkId).OnDelete(DeleteBehavior.Cascade);
    }
}
