using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Workers;

/// <summary>One process that runs jobs or serves pages.</summary>
public sealed class WorkerRow
{
    /// <summary>Unique per process start.</summary>
    public required string Name { get; init; }

    /// <summary>all, web or worker.</summary>
    public required string Role { get; init; }
    public required string Version { get; init; }
    public string[] Queues { get; init; } = [];

    /// <summary>Agents it serves, as name@version.</summary>
    public string[] Agents { get; init; } = [];
    public int Slots { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset LastHeartbeat { get; set; }
    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>Since when it takes no more jobs because a person said so.</summary>
    public DateTimeOffset? DrainingSince { get; init; }
}

internal sealed class WorkerMapping : IEntityTypeConfiguration<WorkerRow>
{
    public void Configure(EntityTypeBuilder<WorkerRow> worker)
    {
        worker.ToTable("workers");
        worker.HasKey(w => w.Name);
    }
}
