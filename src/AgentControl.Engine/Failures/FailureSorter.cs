using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Failures;

/// <summary>Puts failures to their groups soon after they happened; what the log held before the first start is taken in, in portions.</summary>
internal sealed class FailureSorter(
    NpgsqlDataSource database,
    FailureScan scan,
    EventFeed feed,
    TimeProvider time,
    ILogger<FailureSorter> log
) : MaintenanceLoop(time, log)
{
    /// <summary>What fails within this time is sorted together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);
    private readonly TimeProvider clock = time;
    private IDisposable? news;

    /// <summary>What a transaction that is still open holds back, and what other processes committed, is found by this.</summary>
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        news = feed.Subscribe(events =>
        {
            if (events.Any(e => e.Type == EventTypes.JobFailed))
                Ring();
        });
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        news?.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Gather, clock, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (await scan.LookAsync(connection, cancellationToken)) { }
        return null;
    }
}
