using System.Collections.Concurrent;
using System.Threading.Channels;
using Hangfire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Dispatch;

/// <summary>The only place that enqueues. Enqueueing blocks, so it has a thread of its own; a full line drops bells, which the sweeper makes good.</summary>
internal sealed class HangfireDispatcher(IBackgroundJobClientV2 client, ILogger<HangfireDispatcher> log)
    : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private readonly Channel<(string Queue, Guid? Job)> waiting = Channel.CreateBounded<(string, Guid?)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );
    private readonly ConcurrentDictionary<string, int> outstanding = new(StringComparer.Ordinal);

    /// <summary>How many workers a lane has in this process; a process that runs no jobs rings for the others.</summary>
    public Func<string, int> WorkersOf { get; set; } = _ => 1;

    /// <summary>One bell for one submitted job.</summary>
    public void Ring(string queue, Guid jobId)
    {
        var workers = WorkersOf(queue);
        if (workers > 0 && Outstanding(queue) < Math.Max(100, 10 * workers))
            Enqueue(queue, jobId);
    }

    /// <summary>As many bells as there are workers to wake for so many jobs.</summary>
    public void RingLane(string queue, int jobs)
    {
        for (var bells = Math.Min(jobs, WorkersOf(queue)) - Outstanding(queue); bells > 0; bells--)
            Enqueue(queue, null);
    }

    /// <summary>Rings whatever is said to be outstanding: those bells may be lost.</summary>
    public void RingAgain(string queue, int bells)
    {
        outstanding[queue] = 0;
        for (; bells > 0; bells--)
            Enqueue(queue, null);
    }

    /// <summary>A bell was answered.</summary>
    public void Answered(string queue) => outstanding.AddOrUpdate(queue, 0, (_, count) => Math.Max(0, count - 1));

    private int Outstanding(string queue) => outstanding.GetValueOrDefault(queue);

    private void Enqueue(string queue, Guid? jobId)
    {
        outstanding.AddOrUpdate(queue, 1, (_, count) => count + 1);
        waiting.Writer.TryWrite((queue, jobId));
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
                var (queue, job) = waiting.Reader.ReadAsync(stoppingToken).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
                try
                {
                    client.Enqueue<JobDoorbell>(
                        queue,
                        bell => bell.AnswerAsync(queue, job, null, CancellationToken.None)
                    );
                }
                catch (BackgroundJobClientException problem)
                {
                    Answered(queue);
                    Log.BellLost(log, problem, queue);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
