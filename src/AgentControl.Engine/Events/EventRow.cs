using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Events;

/// <summary>One line of a job's append-only log. Partitioned by job; the table itself is made in <c>engine.sql</c>.</summary>
public sealed class EventRow
{
    public Guid JobId { get; init; }

    /// <summary>1, 2, 3, … per job, without gaps.</summary>
    public long No { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Type { get; init; }

    /// <summary>info, warning or error.</summary>
    public required string Level { get; init; }
    public required string Message { get; init; }

    /// <summary>A JSON object as text.</summary>
    public string? Data { get; init; }
    public string? Actor { get; init; }
}

internal sealed class EventMapping : IEntityTypeConfiguration<EventRow>
{
    public void Configure(EntityTypeBuilder<EventRow> line)
    {
        line.ToTable("events", t => t.ExcludeFromMigrations());
        line.HasKey(e => new { e.JobId, e.No });
    }
}
