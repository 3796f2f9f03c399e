using System.Collections.Concurrent;
using AgentControl.Engine.Access;
using AgentControl.Engine.Live;

namespace AgentControl.Web.Live;

/// <summary>Takes the feed's events and sends them ten times a second, so that a client's messages travel together.</summary>
internal sealed class LivePump(
    EventFeed feed,
    StepOutputs outputs,
    LiveMessages messages,
    LiveClients clients,
    LiveContents contents,
    CallerDirectory directory,
    TimeProvider time
) : BackgroundService, IStepOutputWatcher
{
    /// <summary>How long messages wait for company.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    /// <summary>More events than this in one window are not sent; the clients are told to read the log.</summary>
    private const int MaxWaiting = 50_000;

    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(5);
    private readonly ConcurrentQueue<LiveEvent> waiting = new();
    private volatile bool overflowed;
    private volatile bool rightsChanged;

    IEnumerable<Guid> IStepOutputWatcher.Jobs => clients.Jobs;

    bool IStepOutputWatcher.Watches(Guid jobId) => clients.Watch(jobId);

    void IStepOutputWatcher.Hear(StepOutput output) => messages.ToJob("stepOutput", output, output.JobId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whose key is revoked or who is disabled here hears nothing from the next window on; changes by other processes are looked for.
        directory.Forgot += (_, _) => rightsChanged = true;
        using var subscription = feed.Subscribe(Take);
        using var spoken = outputs.Watch(this);
        var refreshed = time.GetTimestamp();
        while (true)
        {
            if (clients.None)
            {
                waiting.Clear();
                contents.Forget();
                await clients.SomebodyAsync(stoppingToken);
            }
            await Task.Delay(Window, time, stoppingToken);
            if (rightsChanged || time.GetElapsedTime(refreshed) > RefreshEvery)
            {
                rightsChanged = false;
                refreshed = time.GetTimestamp();
                await contents.GuardAsync(() => clients.RefreshAsync(directory, stoppingToken), stoppingToken);
            }
            await contents.GuardAsync(() => SendAsync(stoppingToken), stoppingToken);
        }
    }

    private void Take(IReadOnlyList<LiveEvent> events)
    {
        if (clients.None)
            return;
        if (waiting.Count > MaxWaiting)
        {
            overflowed = true;
            return;
        }
        foreach (var one in events)
            waiting.Enqueue(one);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var events = new List<LiveEvent>();
        while (waiting.TryDequeue(out var one))
            events.Add(one);
        var window = new LiveWindow(clients.All);
        await contents.FillAsync(window, events, cancellationToken);
        window.Send();
        foreach (var client in clients.All)
        {
            if (overflowed)
                client.Send(LiveMessage.ReadAgain);
            client.EndIfStuck();
        }
        overflowed = false;
    }
}
