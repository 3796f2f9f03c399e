using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Live;

/// <summary>
/// Joins the feeds of all processes: tells the others what was committed here, and publishes what they committed, each event
/// once. Numbers of one job come in order but for what two processes committed at the same moment; readers go by number.
/// The same connection hears what other processes ask this one to do.
/// </summary>
internal sealed class PostgresSignals : BackgroundService
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    private readonly EventFeed feed;
    private readonly TimeProvider time;
    private readonly ILogger<PostgresSignals> logger;
    private readonly bool watches;
    private readonly SeenEvents seen;
    private readonly SignalSender sender;
    private readonly SignalListener listener;
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="control">Obeys what other processes ask for.</param>
    /// <param name="outputs">Takes what steps of other processes write, where somebody watches.</param>
    /// <param name="audit">Hears of new lines, here and in other processes.</param>
    /// <param name="watches">False where nobody watches: a process that only runs jobs tells of its events and hears of no others.</param>
    public PostgresSignals(
        NpgsqlDataSource database,
        EventFeed feed,
        TimeProvider time,
        ILogger<PostgresSignals> logger,
        ControlHearing? control = null,
        StepOutputSignals? outputs = null,
        AuditChanges? audit = null,
        bool watches = true
    )
    {
        (this.feed, this.time, this.logger, this.watches) = (feed, time, logger, watches);
        var me = Guid.NewGuid().ToString("N");
        seen = new(time);
        sender = new(database, me, time, logger);
        listener = new(
            database,
            me,
            watches ? PublishForeign : null,
            control,
            watches ? outputs : null,
            audit,
            () => feed.Touch(time.GetUtcNow()),
            time,
            logger
        );
    }

    /// <summary>Done when nothing that other processes commit from now on can be missed.</summary>
    public Task Listening => listening.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.SubscribeOwn(PublishedHere);
        await Task.WhenAll(ListenAsync(stoppingToken), sender.RunAsync(stoppingToken))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sender.SendAsync(CancellationToken.None);
    }

    private void PublishedHere(IReadOnlyList<LiveEvent> events)
    {
        if (watches)
            seen.Add(events);
        sender.Add(events);
    }

    private void PublishForeign(IReadOnlyList<LiveEvent> events) => feed.PublishHeard(seen.Add(events));

    private async Task ListenAsync(CancellationToken stopping)
    {
        // The schema was looked at a moment ago: from now on silence counts.
        feed.Touch(time.GetUtcNow());
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await listener.ListenAsync(() => listening.TrySetResult(), stopping);
            }
            catch (Exception problem) when (!stopping.IsCancellationRequested)
            {
                Log.SignalsLost(logger, problem);
                await Task.Delay(ReconnectAfter, time, stopping);
            }
        }
    }
}
