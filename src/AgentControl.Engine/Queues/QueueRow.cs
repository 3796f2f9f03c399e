using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Queues;

/// <summary>A queue's settings that a person stored; they override configuration.</summary>
public sealed class QueueRow
{
    public required string Name { get; init; }

    /// <summary>Workers of this queue in each worker process; null leaves it to configuration.</summary>
    public int? Workers { get; set; }
    public bool Paused { get; set; }
    public string? ChangedBy { get; set; }
    public DateTimeOffset? ChangedAt { get; set; }
}

internal sealed class QueueMapping : IEntityTypeConfiguration<QueueRow>
{
    public void Configure(EntityTypeBuilder<QueueRow> queue)
    {
        queue.ToTable("queues");
        queue.HasKey(q => q.Name);
    }
}
