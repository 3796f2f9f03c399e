using System.Collections.Concurrent;
using AgentControl.Engine.Notifications;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Maintenance;

/// <summary>Makes messages of the log's news and sends what is due. Each channel has a hand of its own, so that one that hangs holds up no other.</summary>
internal sealed class NotificationCourier(
    NpgsqlDataSource database,
    NotificationScan scan,
    NotificationStatus status,
    MentionScan mentions,
    NotificationDigests digests,
    NotificationDelivery delivery,
    TimeProvider time,
    ILogger<NotificationCourier> log
) : MaintenanceLoop(time, log)
{
    /// <summary>What happens within this time is told together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);
    private readonly TimeProvider clock = time;
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(5);
    private long? pruned;
    private long? looked;
    private readonly ConcurrentDictionary<string, Task> hands = new(StringComparer.Ordinal);
    private readonly ILogger<NotificationCourier> logger = log;
    private IDisposable? news;
    private IDisposable? names;

    /// <summary>What a transaction that is still open holds back, and what other processes committed, is found by this.</summary>
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        news = delivery.OnNews(Ring);
        names = mentions.OnNews(Ring);
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        news?.Dispose();
        names?.Dispose();
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(hands.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Gather, clock, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        while (await scan.LookAsync(connection, cancellationToken)) { }
        while (await mentions.LookAsync(connection, cancellationToken)) { }
        await scan.SettleAsync(connection);
        await digests.LookAsync(connection, cancellationToken);
        if (looked is not { } before || clock.GetElapsedTime(before) >= StatusEvery)
        {
            await status.LookAsync(connection, cancellationToken);
            looked = clock.GetTimestamp();
        }
        var (due, next) = await NotificationStore.DueAsync(connection);
        foreach (var channel in due)
            if (!hands.TryGetValue(channel, out var hand) || hand.IsCompleted)
                hands[channel] = Task.Run(() => WorkAsync(channel, cancellationToken), cancellationToken);
        if (pruned is not { } last || clock.GetElapsedTime(last) > PruneEvery)
        {
            await NotificationStore.PruneAsync(connection);
            pruned = clock.GetTimestamp();
        }
        return next;
    }

    private async Task WorkAsync(string channel, CancellationToken cancellationToken)
    {
        try
        {
            await delivery.DrainAsync(channel, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.NotificationsHeldUp(logger, problem, channel);
        }
    }
}
