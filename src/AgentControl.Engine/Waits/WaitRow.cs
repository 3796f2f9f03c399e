using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Waits;

/// <summary>Something a branch of a job waits for; gone as soon as it is answered.</summary>
public sealed class WaitRow
{
    public Guid JobId { get; init; }

    /// <summary>The journal key that the answer will have.</summary>
    public required string Key { get; init; }

    /// <summary>The key of the <c>FirstOf</c> it belongs to: one answer closes all of the group.</summary>
    public required string GroupKey { get; init; }

    /// <summary>approval, signal, timer, children, service or retry.</summary>
    public required string Kind { get; init; }

    /// <summary>The signal's name, the children's group key or the service.</summary>
    public string? Target { get; init; }

    /// <summary>How many children must have ended.</summary>
    public int? AtLeast { get; init; }
    public Guid? ApprovalId { get; init; }
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset? DueAt { get; init; }
}

internal sealed class WaitMapping : IEntityTypeConfiguration<WaitRow>
{
    public void Configure(EntityTypeBuilder<WaitRow> wait)
    {
        wait.ToTable("waits");
        wait.HasKey(w => new { w.JobId, w.Key });
        wait.HasIndex(w => w.DueAt).HasFilter("due_at IS NOT NULL");
        wait.HasIndex(w => new { w.JobId, w.Target }).HasFilter("kind IN ('signal','children')");
        wait.HasIndex(w => w.Target).HasFilter("kind = 'service'");
    }
}
