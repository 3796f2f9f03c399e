using AgentControl.Engine.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Failures;

/// <summary>Failures of one workspace that have one cause, and what people think of it.</summary>
public sealed class FailureGroupRow
{
    public Guid Id { get; init; }
    public required string Workspace { get; init; }

    /// <summary>See <see cref="Core.Failures.FailureCause"/>.</summary>
    public required string Fingerprint { get; init; }
    public required string Agent { get; init; }
    public required string Type { get; init; }

    /// <summary>The step's name without its count.</summary>
    public string? Step { get; init; }
    public string? Service { get; init; }

    /// <summary>The cause in one line.</summary>
    public required string Title { get; init; }

    /// <summary>The newest message, whole.</summary>
    public required string Example { get; set; }

    /// <summary>Failures, of which one job may have several.</summary>
    public long Count { get; set; }
    public DateTimeOffset FirstSeenAt { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>One of <see cref="Core.Failures.FailureStatus.All"/>; an <c>ignored</c> one whose <see cref="IgnoredUntil"/> has passed counts as unresolved.</summary>
    public required string Status { get; set; }

    /// <summary>Who decided last, and when; none where nobody has.</summary>
    public string? StatusBy { get; set; }
    public DateTimeOffset? StatusAt { get; set; }
    public string? Comment { get; set; }

    /// <summary>Null ignores it for ever.</summary>
    public DateTimeOffset? IgnoredUntil { get; set; }

    /// <summary>When it failed again after it had been resolved; null where it did not.</summary>
    public DateTimeOffset? RegressedAt { get; set; }
}

/// <summary>One failure of a job, and the group that it belongs to.</summary>
public sealed class JobFailureRow
{
    public Guid JobId { get; init; }

    /// <summary>The number of the event that tells of it.</summary>
    public long No { get; init; }
    public Guid GroupId { get; init; }
    public DateTimeOffset At { get; init; }
    public FailureGroupRow Group { get; init; } = null!;
}

/// <summary>How far the log was looked through for failures: everything up to this place belongs to a group.</summary>
public sealed class FailureCursorRow
{
    public bool One { get; init; }

    /// <summary>A transaction id.</summary>
    public long Xid { get; init; }
    public Guid JobId { get; init; }
    public long No { get; init; }
}

internal sealed class FailureMapping
    : IEntityTypeConfiguration<FailureGroupRow>,
        IEntityTypeConfiguration<JobFailureRow>,
        IEntityTypeConfiguration<FailureCursorRow>
{
    public void Configure(EntityTypeBuilder<FailureGroupRow> group)
    {
        group.ToTable(
            "failure_groups",
            t => t.HasCheckConstraint("ck_failure_groups_status", "status IN ('unresolved','resolved','ignored')")
        );
        group.HasKey(g => g.Id);
        group.Property(g => g.Id).ValueGeneratedNever();
        group.HasIndex(g => new { g.Workspace, g.Fingerprint }).IsUnique();
        group.HasIndex(g => new { g.LastSeenAt, g.Id }).IsDescending();
    }

    public void Configure(EntityTypeBuilder<JobFailureRow> failure)
    {
        failure.ToTable("job_failures");
        failure.HasKey(f => new { f.JobId, f.No });
        failure
            .HasIndex(f => new
            {
                f.GroupId,
                f.At,
                f.JobId,
            })
            .IsDescending(false, true, true);
        failure.HasIndex(f => f.At);
        failure.HasOne<JobRow>().WithMany(j => j.Failures).HasForeignKey(f => f.JobId).OnDelete(DeleteBehavior.Cascade);
        failure.HasOne(f => f.Group).WithMany().HasForeignKey(f => f.GroupId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<FailureCursorRow> cursor)
    {
        cursor.ToTable("failure_cursor", t => t.HasCheckConstraint("ck_failure_cursor_one", "one"));
        cursor.HasKey(c => c.One);
        cursor.Property(c => c.One).ValueGeneratedNever();
    }
}
