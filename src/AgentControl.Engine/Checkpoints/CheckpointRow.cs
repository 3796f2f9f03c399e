using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Checkpoints;

/// <summary>One saved version of a named value of a job.</summary>
public sealed class CheckpointRow
{
    public Guid JobId { get; init; }
    public required string Key { get; init; }

    /// <summary>1, 2, 3, … over all keys of the job.</summary>
    public int Version { get; init; }

    /// <summary>UTF-8 JSON, at most 1 MiB.</summary>
    public required byte[] Value { get; init; }

    /// <summary>The newest recorded step when it was saved.</summary>
    public string? Step { get; init; }
    public int Epoch { get; init; }
    public string? Worker { get; init; }
    public long EventNo { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class CheckpointMapping : IEntityTypeConfiguration<CheckpointRow>
{
    public void Configure(EntityTypeBuilder<CheckpointRow> checkpoint)
    {
        checkpoint.ToTable("checkpoints");
        checkpoint.HasKey(c => new { c.JobId, c.Version });
        checkpoint
            .HasIndex(c => new
            {
                c.JobId,
                c.Key,
                c.Version,
            })
            .IsDescending(false, false, true);
    }
}
