using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Telemetry;

/// <summary>How far the log was sent as spans: everything up to this place has arrived.</summary>
public sealed class TraceCursorRow
{
    public bool One { get; init; }

    /// <summary>A transaction id.</summary>
    public long Xid { get; init; }
    public Guid JobId { get; init; }
    public long No { get; init; }

    /// <summary>When it was moved last.</summary>
    public DateTimeOffset At { get; init; }
}

internal sealed class TraceCursorMapping : IEntityTypeConfiguration<TraceCursorRow>
{
    public void Configure(EntityTypeBuilder<TraceCursorRow> cursor)
    {
        cursor.ToTable("trace_cursor", t => t.HasCheckConstraint("ck_trace_cursor_one", "one"));
        cursor.HasKey(c => c.One);
        cursor.Property(c => c.One).ValueGeneratedNever();
    }
}
