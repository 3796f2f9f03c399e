using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using Npgsql;

namespace AgentControl.Engine.Services;

/// <summary>What people may do to a circuit.</summary>
public sealed class ServiceCommands
{
    /// <summary>A block ends by itself, so that nobody has to remember it.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromDays(7);

    private readonly Circuits circuits;
    private readonly NpgsqlDataSource database;

    internal ServiceCommands(Circuits circuits, NpgsqlDataSource database) =>
        (this.circuits, this.database) = (circuits, database);

    /// <summary>Closes the circuit; those who wait go along the ramp. False where it was closed.</summary>
    public async Task<bool> ResetAsync(string service, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!await circuits.ResetAsync(service, actor.Name, cancellationToken))
            return false;
        await AuditAsync(new AuditEntry(actor, "service.reset", $"service:{service}"), cancellationToken);
        return true;
    }

    /// <summary>Lets one call find out now whether the service is well. False where calls go anyway.</summary>
    public async Task<bool> TestAsync(string service, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!await circuits.TestAsync(service, cancellationToken))
            return false;
        await AuditAsync(new AuditEntry(actor, "service.tested", $"service:{service}"), cancellationToken);
        return true;
    }

    /// <summary>Lets no call go until a time; then one probes, as after a failure.</summary>
    public async Task BlockAsync(
        string service,
        TimeSpan length,
        string? reason,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        await circuits.BlockAsync(service, length, reason, actor.Name, cancellationToken);
        await AuditAsync(
            new AuditEntry(actor, "service.blocked", $"service:{service}")
            {
                After = new { minutes = length.TotalMinutes, reason },
            },
            cancellationToken
        );
    }

    private async Task AuditAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AuditLog.AppendAsync(connection, null, entry, cancellationToken);
    }
}
