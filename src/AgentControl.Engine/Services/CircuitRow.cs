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
