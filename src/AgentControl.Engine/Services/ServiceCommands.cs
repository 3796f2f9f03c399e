using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;

namespace AgentControl.Engine.Services;

/// <summary>What people may do to a circuit.</summary>
public sealed class ServiceCommands
{
    /// <summary>A block ends by itself, so that nobody has to remember it.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromDays(7);

    private readonly Circuits circuits;

    internal ServiceCommands(Circuits circuits) => this.circuits = circuits;

    /// <summary>Closes the circuit; those who wait go along the ramp. False where it was closed.</summary>
    public Task<bool> ResetAsync(string service, Actor actor, CancellationToken cancellationToken)
    {
        var entry = Entry(service, actor, "service.reset") with { After = new { Circuit = "closed" } };
        return circuits.ResetAsync(service, entry, cancellationToken);
    }

    /// <summary>Lets one call find out now whether the service is well. False where calls go anyway.</summary>
    public Task<bool> TestAsync(string service, Actor actor, CancellationToken cancellationToken) =>
        circuits.TestAsync(service, Entry(service, actor, "service.tested"), cancellationToken);

    /// <summary>Lets no call go until a time; then one probes, as after a failure.</summary>
    public Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var entry = Entry(service, actor, "service.blocked") with
        {
            After = new
            {
                Circuit = "blocked",
                Minutes = length.TotalMinutes,
                Reason = reason,
            },
        };
        return circuits.BlockAsync(service, length, reason, entry, cancellationToken);
    }

    private static AuditEntry Entry(string service, Actor actor, string action)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new(actor, action, $"service:{service}") { TargetName = service };
    }
}
