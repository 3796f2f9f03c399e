using AgentControl.Engine.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Maintenance;

/// <summary>Makes the partitions of the months to come, so that a program that runs for a year needs no restart for them.</summary>
internal sealed class PartitionKeeper(NpgsqlDataSource database, TimeProvider time, ILogger<PartitionKeeper> log)
    : MaintenanceLoop(time, log)
{
    private static readonly TimeSpan WhenHeldUp = TimeSpan.FromMinutes(5);

    protected override TimeSpan Pause => TimeSpan.FromDays(1);

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var heldUp = await Partitions.MakeAsync(connection, cancellationToken);
        if (heldUp == 0)
            return null;
        Log.PartitionsHeldUp(log, heldUp, WhenHeldUp);
        return WhenHeldUp;
    }
}
