using System.Collections.Concurrent;
using System.Threading.Channels;
using Hangfire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Dispatch;

/// <summary>The only place that enqueues. Enqueueing blocks, so it has a thread of its own; a full line drops bells, which the sweeper makes good.</summary>
internal sealed class HangfireDispatcher(
    IBackgroundJobClientV2 client,
    JobStorage storage,
    LaneHands hands,
    TimeProvider time,
    ILogger<HangfireDispatcher> log
) : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private readonly Channel<Order> waiting = Channel.CreateBounded<Order>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true }
    );
    private readonly ConcurrentDictionary<string, BellTally> tallies = new(StringComparer.Ordinal);

    /// <summary>One bell for one submitted job.</summary>
    public void Ring(string queue, Guid jobId) => Ask(new(queue, jobId, 1, hands.MostBells(queue), Recount: false));

    /// <summary>As many bells as there are workers to wake for so many jobs, in all processes.</summary>
    public void RingLane(string queue, int jobs)
    {
        var bells = Math.Min(jobs, hands.Of(queue));
        Ask(new(queue, null, bells, bells, Recount: false));
    }

    /// <summary>Rings unless so many bells lie in Hangfire's queue: others that are said to be outstanding may be lost.</summary>
    public void RingAgain(string queue, int bells) => Ask(new(queue, null, bells, bells, Recount: true));

    /// <summary>A bell was answered in this process.</summary>
    public void Answered(string queue) => Tally(queue).Answered();

    private BellTally Tally(string queue) => tallies.GetOrAdd(queue, _ => new BellTally(time));

    private void Ask(Order order)
    {
        var tally = Tally(order.Queue);
        if (!order.Recount && !tally.IsOld && tally.Outstanding >= order.Most)
            return;
        tally.Wait();
        if (!waiting.Writer.TryWrite(order))
            tally.WaitedEnough();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(
            () => Run(stoppingToken),
            stoppingToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private void Run(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
#pragma warning disable VSTHRD002 // this thread exists to block: Hangfire's storage is synchronous
                var order = waiting.Reader.ReadAsync(stoppingToken).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
                Obey(order);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Obey(Order order)
    {
        var tally = Tally(order.Queue);
        tally.WaitedEnough();
        try
        {
            if (order.Recount || tally.IsOld)
                tally.Counted((int)Math.Min(int.MaxValue, storage.GetMonitoringApi().EnqueuedCount(order.Queue)));
            for (var bells = order.Bells; bells > 0 && tally.Rung < order.Most; bells--)
                Enqueue(order, tally);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Log.BellLost(log, problem, order.Queue);
        }
    }

    private void Enqueue(Order order, BellTally tally)
    {
        // Counted before it is heard: the answer may come before this call returns.
        tally.Ring();
        try
        {
            client.Enqueue<JobDoorbell>(
                order.Queue,
                bell => bell.AnswerAsync(order.Queue, order.Job, null, CancellationToken.None)
            );
        }
        catch
        {
            tally.Answered();
            throw;
        }
    }

    /// <param name="Bells">So many at most.</param>
    /// <param name="Most">None where so many are outstanding.</param>
    /// <param name="Recount">Looks into Hangfire's queue first, however young the last count is.</param>
    private sealed record Order(string Queue, Guid? Job, int Bells, int Most, bool Recount);
}
