using AgentControl.Core.Schedules;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Schedules;

internal sealed class ScheduleMapping : IEntityTypeConfiguration<ScheduleRow>
{
    public void Configure(EntityTypeBuilder<ScheduleRow> schedule)
    {
        schedule.ToTable(
            "schedules",
            table =>
            {
                table.HasCheckConstraint("ck_schedules_overlap", $"overlap IN ({Words(ScheduleWords.Overlaps)})");
                table.HasCheckConstraint("ck_schedules_missed", $"missed IN ({Words(ScheduleWords.Missed)})");
                table.HasCheckConstraint("ck_schedules_paused", "NOT (paused AND next_at IS NOT NULL)");
            }
        );
        schedule.HasKey(s => s.Name);
        schedule.HasIndex(s => s.NextAt).HasFilter("next_at IS NOT NULL");
    }

    public static string Words(IEnumerable<string> words) => string.Join(',', words.Select(w => $"'{w}'"));
}

internal sealed class ScheduleRunMapping : IEntityTypeConfiguration<ScheduleRunRow>
{
    public void Configure(EntityTypeBuilder<ScheduleRunRow> run)
    {
        run.ToTable(
            "schedule_runs",
            table =>
            {
                table.HasCheckConstraint("ck_schedule_runs_trigger", "trigger IN ('due','catchUp','manual')");
                table.HasCheckConstraint(
                    "ck_schedule_runs_outcome",
                    "outcome IN ('started','waiting','skipped','failed') AND (outcome = 'started') = (job_id IS NOT NULL)"
                );
            }
        );
        run.HasKey(r => r.Id);
        run.Property(r => r.Id).ValueGeneratedNever();
        run.HasOne<ScheduleRow>().WithMany().HasForeignKey(r => r.Schedule).OnDelete(DeleteBehavior.Cascade);
        run.HasIndex(r => new { r.Schedule, r.Id }).IsDescending(false, true);
        // A due time is decided once, and one run waits at most.
        run.HasIndex(r => new { r.Schedule, r.DueAt })
            .IsUnique()
            .HasFilter("trigger <> 'manual'")
            .HasDatabaseName("ix_schedule_runs_due");
        run.HasIndex(r => r.Schedule)
            .IsUnique()
            .HasFilter("outcome = 'waiting'")
            .HasDatabaseName("ix_schedule_runs_waiting");
    }
}
