using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Jobs;

internal sealed class JobMapping : IEntityTypeConfiguration<JobRow>
{
    public void Configure(EntityTypeBuilder<JobRow> job)
    {
        job.ToTable("jobs");
        job.HasKey(j => j.Id);
        job.Property(j => j.Id).ValueGeneratedNever();
        job.HasIndex(j => j.ShortId).IsUnique();
        job.HasIndex(j => new { j.Agent, j.Id }).IsDescending(false, true);
        job.HasIndex(j => new { j.Workspace, j.Id }).IsDescending(false, true);
        job.HasIndex(j => new
            {
                j.ParentId,
                j.ParentKey,
                j.ParentIndex,
            })
            .HasFilter("parent_id IS NOT NULL");
        job.HasIndex(j => new { j.BatchId, j.Id }).HasFilter("batch_id IS NOT NULL");
        job.HasIndex(j => new { j.Schedule, j.Id }).IsDescending(false, true).HasFilter("schedule IS NOT NULL");
        job.HasIndex(j => j.ForkedFrom).HasFilter("forked_from IS NOT NULL");
        job.HasIndex(j => j.Tags).HasMethod("gin").HasFilter("cardinality(tags) > 0");
        job.HasIndex(j => j.DeadlineAt).HasFilter("deadline_at IS NOT NULL");
        job.HasIndex(j => j.Id).HasFilter("ttl_seconds IS NOT NULL").HasDatabaseName("ix_jobs_with_ttl");
        job.HasOne(j => j.Run).WithOne().HasForeignKey<JobRunRow>(r => r.JobId).OnDelete(DeleteBehavior.Cascade);
        job.HasOne(j => j.Result).WithOne().HasForeignKey<JobResultRow>(r => r.JobId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class JobRunMapping : IEntityTypeConfiguration<JobRunRow>
{
    public void Configure(EntityTypeBuilder<JobRunRow> run)
    {
        // No CHECK and no generated column: PostgreSQL parses them anew for each statement, and a step pays for it. What they
        // would hold, the trigger job_runs_state holds whenever the state changes.
        run.ToTable("job_runs");
        run.HasStorageParameter("fillfactor", 50);
        run.HasStorageParameter("autovacuum_vacuum_scale_factor", 0.05);
        run.HasKey(r => r.JobId);
        run.Property(r => r.JobId).ValueGeneratedNever();
        // A function of the row, which PostgreSQL reads like a column (see engine.sql).
        run.Property(r => r.Label).ValueGeneratedOnAddOrUpdate();
        run.Property(r => r.RestedMs).HasDefaultValue(0L);
        run.Property(r => r.CostUsd).HasColumnType("numeric(14,6)");
        // No index names a column that a step changes: a record stays a heap-only update.
        run.HasIndex(r => new
            {
                r.Queue,
                r.Front,
                r.Priority,
                r.QueuedAt,
                r.JobId,
            })
            .IsDescending(false, true, true, false, false)
            .HasFilter("state = 'queued' AND NOT resume")
            .HasDatabaseName("ix_job_runs_lane");
        run.HasIndex(r => new { r.Queue, r.JobId }).IsDescending(false, true).HasDatabaseName("ix_job_runs_queue");
        run.HasIndex(r => r.QueuedAt).HasFilter("state = 'queued' AND resume").HasDatabaseName("ix_job_runs_resume");
        run.HasIndex(r => r.JobId).HasFilter("state = 'running'").HasDatabaseName("ix_job_runs_running");
        run.HasIndex(r => r.RunAt).HasFilter("state = 'scheduled'").HasDatabaseName("ix_job_runs_scheduled");
        run.HasIndex(r => r.FinishedAt).HasFilter("finished_at IS NOT NULL").HasDatabaseName("ix_job_runs_finished");
    }
}

internal sealed class JobResultMapping : IEntityTypeConfiguration<JobResultRow>
{
    public void Configure(EntityTypeBuilder<JobResultRow> result)
    {
        result.ToTable("job_results");
        result.HasKey(r => r.JobId);
        result.Property(r => r.JobId).ValueGeneratedNever();
    }
}

/// <summary>One remembered <c>Idempotency-Key</c>.</summary>
public sealed class SubmissionKeyRow
{
    public required string Caller { get; init; }
    public required string Route { get; init; }
    public required string Key { get; init; }
    public required byte[] BodyHash { get; init; }

    /// <summary>The job, batch or signal that the first request made.</summary>
    public Guid ResultId { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class SubmissionKeyMapping : IEntityTypeConfiguration<SubmissionKeyRow>
{
    public void Configure(EntityTypeBuilder<SubmissionKeyRow> key)
    {
        key.ToTable("submission_keys");
        key.HasKey(k => new
        {
            k.Caller,
            k.Route,
            k.Key,
        });
    }
}
