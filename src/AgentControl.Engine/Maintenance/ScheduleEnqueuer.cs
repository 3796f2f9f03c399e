using AgentControl.Engine.Hosting;
using AgentControl.Engine.Schedules;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Maintenance;

/// <summary>Starts the jobs of schedules at their time: it sleeps until the next due time, or until it is told that one changed.</summary>
internal sealed class ScheduleEnqueuer(
    EnginePool database,
    ScheduleRunner runner,
    ScheduleSignals signals,
    TimeProvider time,
    ILogger<ScheduleEnqueuer> log
) : MaintenanceLoop(time, log)
{
    private const int MaxPerRound = 200;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    /// <summary>The end of a job of another process is not heard.</summary>
    private static readonly TimeSpan WhileOneWaits = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WhenHeldUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhenFailed = TimeSpan.FromSeconds(15);
    private readonly ILogger<ScheduleEnqueuer> logger = log;
    private IDisposable? changes;
    private IDisposable? ends;
    private volatile bool oneWaits;

    /// <summary>Who changes a schedule tells it. This finds what was not told.</summary>
    protected override TimeSpan Pause => TimeSpan.FromMinutes(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes = signals.OnChange(Ring);
        ends = signals.OnJobEnd(() =>
        {
            if (oneWaits)
                Ring();
        });
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        changes?.Dispose();
        ends?.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var (next, waiting) = await ScheduleStore.LookAsync(connection);
        oneWaits = waiting;
        if (!waiting && !(next <= Soon))
            return next;
        var failed = false;
        if (waiting)
            foreach (var name in await ScheduleStore.WithWaitingAsync(connection, MaxPerRound))
                failed |= !await TryAsync(name, () => runner.TakeWaitingAsync(connection, name, cancellationToken));
        if (next <= Soon)
            foreach (var name in await ScheduleStore.DueAsync(connection, MaxPerRound))
                failed |= !await TryAsync(name, () => runner.TakeDueAsync(connection, name, cancellationToken));
        (next, oneWaits) = await ScheduleStore.LookAsync(connection);
        if (failed)
            return WhenFailed;
        // What is still due is in another process's hands.
        if (next <= Soon)
            next = WhenHeldUp;
        return oneWaits && !(next < WhileOneWaits) ? WhileOneWaits : next;
    }

    /// <summary>One schedule that fails holds up no other.</summary>
    private async Task<bool> TryAsync(string schedule, Func<Task> turn)
    {
        try
        {
            await turn();
            return true;
        }
        catch (NpgsqlException outage) when (outage is not PostgresException)
        {
            throw;
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.ScheduleFailed(logger, problem, schedule);
            return false;
        }
    }
}
