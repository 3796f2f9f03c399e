using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Steps;

/// <summary>One entry of the journal. Partitioned by job; the table itself is made in <c>engine.sql</c>.</summary>
public sealed class StepRow
{
    public Guid JobId { get; init; }
    public required string Key { get; init; }

    /// <summary>A human's retry supersedes the failure that ended the job: the next generation of its key is new.</summary>
    public int Generation { get; init; }
    public required string Name { get; init; }

    /// <summary>code, file, checkpoint, approval, signal, timer, children, spawn, continue, version, …</summary>
    public required string Kind { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, <c>failed</c> or <c>superseded</c>.</summary>
    public required string State { get; init; }

    /// <summary>Event number of the record: the order of the journal. Null while running.</summary>
    public long? No { get; init; }
    public int Attempt { get; init; }
    public byte[]? InputHash { get; init; }

    /// <summary>UTF-8 JSON, at most 1 MiB.</summary>
    public byte[]? Result { get; init; }

    /// <summary>A <see cref="Core.Jobs.JobFailure"/> as JSON.</summary>
    public string? Error { get; init; }
    public string? Service { get; init; }

    /// <summary>Tokens and cost as JSON.</summary>
    public string? Usage { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
}

internal sealed class StepMapping : IEntityTypeConfiguration<StepRow>
{
    public void Configure(EntityTypeBuilder<StepRow> step)
    {
        step.ToTable("steps", t => t.ExcludeFromMigrations());
        step.HasKey(s => new
        {
            s.JobId,
            s.Key,
            s.Generation,
        });
    }
}
