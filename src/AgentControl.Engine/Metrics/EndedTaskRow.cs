using AgentControl.Engine.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Metrics;

/// <summary>
/// A task that has ended: a job without a parent, as the numbers of the pages count it. A trigger keeps it in step with the job; one
/// that a person retries is gone until it ends again.
/// </summary>
public sealed class EndedTaskRow
{
    public Guid JobId { get; init; }
    public DateTimeOffset FinishedAt { get; init; }
    public required string Agent { get; init; }
    public required string Workspace { get; init; }

    /// <summary>completed, failed, timed_out, cancelled or rejected.</summary>
    public required string Label { get; init; }

    /// <summary>Submitted to finished.</summary>
    public long DurationMs { get; init; }

    /// <summary>Of that, held by a worker.</summary>
    public long WorkedMs { get; init; }

    /// <summary>Of that, with a question to a person open.</summary>
    public long PeopleMs { get; init; }
}

internal sealed class EndedTaskMapping : IEntityTypeConfiguration<EndedTaskRow>
{
    public void Configure(EntityTypeBuilder<EndedTaskRow> task)
    {
        task.ToTable("ended_tasks");
        task.HasKey(t => t.JobId);
        task.Property(t => t.JobId).ValueGeneratedNever();
        task.HasIndex(t => t.FinishedAt);
        task.HasOne<JobRow>().WithOne().HasForeignKey<EndedTaskRow>(t => t.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}
