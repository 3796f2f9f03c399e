using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Signals;

/// <summary>A value sent to a job by name. Kept until a wait of that name takes it.</summary>
public sealed class SignalRow
{
    public Guid Id { get; init; }
    public Guid JobId { get; init; }
    public required string Name { get; init; }

    /// <summary>UTF-8 JSON.</summary>
    public required byte[] Value { get; init; }
    public required string SentBy { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>The wait that took it.</summary>
    public string? TakenBy { get; set; }
}

internal sealed class SignalMapping : IEntityTypeConfiguration<SignalRow>
{
    public void Configure(EntityTypeBuilder<SignalRow> signal)
    {
        signal.ToTable("signals");
        signal.HasKey(s => s.Id);
        signal.Property(s => s.Id).ValueGeneratedNever();
        signal
            .HasIndex(s => new
            {
                s.JobId,
                s.Name,
                s.Id,
            })
            .HasFilter("taken_by IS NULL");
    }
}
