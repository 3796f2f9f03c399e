using System.Diagnostics;
using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;

namespace AgentControl.Benchmarks;

/// <summary>No-op jobs and single submissions per second against stock Hangfire on the same PostgreSQL.</summary>
internal static class JobsBenchmark
{
    private static readonly Actor By = new("person:bench", "bench");
    private static readonly JsonElement NoOp = JsonSerializer.SerializeToElement(new { steps = 0 });
    private static int performed;

    public static void Perform() => Interlocked.Increment(ref performed);

    public static async Task<IEnumerable<Figure>> RunAsync(BenchHost host, string connectionString)
    {
        var hangfire = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = 60,
            ApplicationName = "stock-hangfire",
        }.ConnectionString;
        var storage = new PostgreSqlStorage(
            new StockConnections(hangfire),
            new PostgreSqlStorageOptions { SchemaName = "stock" }
        );
        var client = new BackgroundJobClient(storage);
        await BatchAsync(host, 5_000);
        Stock(storage, client, 500);
        var ours = await BatchAsync(host, 10_000);
        var (enqueued, stock) = Stock(storage, client, 2_000);
        var single = await SubmitAsync(host, TimeSpan.FromSeconds(4));
        return
        [
            new("no-op jobs/s, batch of 10,000", "1/s", ours, stock, "stock Hangfire, 20 workers", "10", "25"),
            new(
                "single submissions/s, 16 callers",
                "1/s",
                single,
                enqueued,
                "stock Hangfire enqueues, 16 callers",
                "0.7",
                "1.0"
            ),
        ];
    }

    private static async Task<double> BatchAsync(BenchHost host, int jobs)
    {
        var ended = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = host.Get<EventFeed>()
            .Subscribe(events =>
            {
                if (Interlocked.Add(ref ended, events.Count(e => e.Type == EventTypes.JobSucceeded)) == jobs)
                    done.TrySetResult();
            });
        var since = Stopwatch.GetTimestamp();
        var batch = new BatchSubmission(
            new JobSubmission { Agent = "synthetic", Input = NoOp },
            [.. Enumerable.Repeat(NoOp, jobs)]
        );
        await host.Get<JobCommands>().SubmitBatchAsync(batch, By, null, CancellationToken.None);
        await done.Task.WaitAsync(TimeSpan.FromMinutes(4));
        return jobs / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static (double Enqueues, double Jobs) Stock(PostgreSqlStorage storage, BackgroundJobClient client, int jobs)
    {
        performed = 0;
        var since = Stopwatch.GetTimestamp();
        Parallel.For(
            0,
            jobs,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            _ => client.Enqueue(() => Perform())
        );
        var enqueues = jobs / Stopwatch.GetElapsedTime(since).TotalSeconds;
        since = Stopwatch.GetTimestamp();
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = 20 }, storage);
        SpinWait.SpinUntil(() => Volatile.Read(ref performed) >= jobs, TimeSpan.FromMinutes(3));
        return (enqueues, performed / Stopwatch.GetElapsedTime(since).TotalSeconds);
    }

    private static async Task<double> SubmitAsync(BenchHost host, TimeSpan time)
    {
        var count = 0;
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Stopwatch.GetElapsedTime(since) < time)
                        {
                            await host.Get<JobCommands>()
                                .SubmitAsync(
                                    new JobSubmission { Agent = "synthetic", Input = NoOp },
                                    By,
                                    null,
                                    CancellationToken.None
                                );
                            Interlocked.Increment(ref count);
                        }
                    })
                )
        );
        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private sealed class StockConnections(string connectionString) : IConnectionFactory
    {
        private readonly NpgsqlDataSource pool = NpgsqlDataSource.Create(connectionString);

        public NpgsqlConnection GetOrCreateConnection() => pool.CreateConnection();
    }
}
