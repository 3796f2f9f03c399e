using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Services;

/// <summary>The circuit of a service that was ever in trouble; no row means closed.</summary>
public sealed class CircuitRow
{
    public required string Name { get; init; }

    /// <summary>closed, open, probing or blocked.</summary>
    public required string State { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>Open: when a probe may go. Probing: when the probe is given up. Blocked: when the block ends.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who may call while it is probing.</summary>
    public Guid? Probe { get; init; }

    /// <summary>How many calls took a place on the ramp since it closed.</summary>
    public long Admitted { get; init; }

    /// <summary>The failure that opened it, or why a person blocked it.</summary>
    public string? Reason { get; init; }

    /// <summary>The person who changed it last; null where it changed by itself.</summary>
    public string? ChangedBy { get; init; }
}

/// <summary>Calls of a service in one second of the window.</summary>
public sealed class ServiceCallsRow
{
    public required string Service { get; init; }
    public DateTimeOffset Second { get; init; }
    public int Calls { get; init; }

    /// <summary>Those that say that the service itself is in trouble.</summary>
    public int Failures { get; init; }
}

/// <summary>Calls of a service in one minute, kept for thirty days.</summary>
public sealed class ServiceMinuteRow
{
    public required string Service { get; init; }
    public DateTimeOffset Minute { get; init; }
    public int Calls { get; init; }
    public int Failures { get; init; }
    public int Retries { get; init; }

    /// <summary>Steps that went another way.</summary>
    public int Fallbacks { get; init; }

    /// <summary>Calls by how long they took: the buckets of <see cref="Core.Services.LatencyHistogram"/>.</summary>
    public required int[] Latency { get; init; }
}

/// <summary>Calls that the jobs of one agent made to a service in five minutes, kept for 92 days.</summary>
public sealed class ServiceUseRow
{
    /// <summary>Where the five minutes begin.</summary>
    public DateTimeOffset At { get; init; }
    public required string Service { get; init; }

    /// <summary>Empty for calls from before agents were told apart.</summary>
    public required string Agent { get; init; }
    public int Calls { get; init; }
    public int Retries { get; init; }
}

/// <summary>Calls of a service in one minute that failed in one way, kept for thirty days.</summary>
public sealed class ServiceErrorRow
{
    public required string Service { get; init; }
    public DateTimeOffset Minute { get; init; }

    /// <summary>As <see cref="Core.Services.FailureClassifier"/> names it.</summary>
    public required string Kind { get; init; }
    public int Calls { get; init; }

    /// <summary>What the last one said.</summary>
    public string? Reason { get; init; }
}

/// <summary>A circuit came into a state; kept for thirty days.</summary>
public sealed class CircuitChangeRow
{
    public long Id { get; init; }
    public required string Service { get; init; }
    public DateTimeOffset At { get; init; }
    public required string State { get; init; }
    public DateTimeOffset? Until { get; init; }
    public string? Reason { get; init; }
    public string? ChangedBy { get; init; }
}

internal sealed class CircuitMapping : IEntityTypeConfiguration<CircuitRow>
{
    public void Configure(EntityTypeBuilder<CircuitRow> circuit)
    {
        circuit.ToTable("circuits");
        circuit.HasKey(c => c.Name);
    }
}

internal sealed class ServiceCallsMapping : IEntityTypeConfiguration<ServiceCallsRow>
{
    public void Configure(EntityTypeBuilder<ServiceCallsRow> calls)
    {
        calls.ToTable("service_calls");
        calls.HasKey(c => new { c.Service, c.Second });
    }
}

internal sealed class ServiceMinuteMapping : IEntityTypeConfiguration<ServiceMinuteRow>
{
    public void Configure(EntityTypeBuilder<ServiceMinuteRow> minute)
    {
        minute.ToTable("service_minutes");
        minute.HasKey(m => new { m.Service, m.Minute });
    }
}

internal sealed class ServiceUseMapping : IEntityTypeConfiguration<ServiceUseRow>
{
    public void Configure(EntityTypeBuilder<ServiceUseRow> use)
    {
        use.ToTable("service_use");
        use.HasKey(u => new
        {
            u.At,
            u.Service,
            u.Agent,
        });
    }
}

internal sealed class ServiceErrorMapping : IEntityTypeConfiguration<ServiceErrorRow>
{
    public void Configure(EntityTypeBuilder<ServiceErrorRow> error)
    {
        error.ToTable("service_errors");
        error.HasKey(e => new
        {
            e.Service,
            e.Minute,
            e.Kind,
        });
    }
}

internal sealed class CircuitChangeMapping : IEntityTypeConfiguration<CircuitChangeRow>
{
    public void Configure(EntityTypeBuilder<CircuitChangeRow> change)
    {
        change.ToTable("circuit_changes");
        change.HasKey(c => c.Id);
        change.HasIndex(c => new { c.Service, c.At });
    }
}
