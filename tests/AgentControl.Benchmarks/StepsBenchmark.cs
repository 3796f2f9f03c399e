using System.Diagnostics;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;

namespace AgentControl.Benchmarks;

/// <summary>Recorded steps per second, alone and together, against single-row commits.</summary>
internal static class StepsBenchmark
{
    private static readonly Actor By = new("person:bench", "bench");

    public static async Task<IEnumerable<Figure>> RunAsync(BenchHost host, int rounds)
    {
        // The program runs for days: measured is what it does when its code is warm.
        for (var warm = 0; warm < 4; warm++)
        {
            await RunJobsAsync(host, 16, 300);
            await RunJobsAsync(host, 1, 1_000);
            await Peers.InsertsPerSecondAsync(host.Database, 16, TimeSpan.FromSeconds(0.5));
        }
        var one = new List<(double Ours, double Peer)>();
        var many = new List<(double Ours, double Peer)>();
        var cost = new Cost(0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            one.Add(
                (
                    await RunJobsAsync(host, 1, 1_000),
                    await Peers.InsertsPerSecondAsync(host.Database, 1, TimeSpan.FromSeconds(2))
                )
            );
            var begun = await PositionAsync(host);
            var ours = await RunJobsAsync(host, 16, 300);
            cost = await CostAsync(host, begun, 16 * 300);
            many.Add((ours, await Peers.InsertsPerSecondAsync(host.Database, 16, TimeSpan.FromSeconds(2))));
        }
        return
        [
            Ratio("steps/s, 16 jobs at once, 1 KiB", many, "INSERT commits/s, 16 clients", "0.5", "1.0"),
            Ratio("steps/s, one job, 1 KiB", one, "INSERT commits/s, 1 client", "0.4", "0.55"),
            new("commits per step, 16 jobs", "commits", cost.Commits, null, null, "< 1", ""),
            new("WAL per step, 16 jobs", "bytes", cost.Wal, null, null, "3072", ""),
            new("stored per step, 16 jobs", "bytes", cost.Stored, null, null, "", ""),
        ];
    }

    private static Figure Ratio(
        string name,
        List<(double Ours, double Peer)> rounds,
        string peer,
        string need,
        string aim
    )
    {
        var middle = rounds.OrderBy(r => r.Ours / r.Peer).ElementAt(rounds.Count / 2);
        return new(name, "1/s", middle.Ours, middle.Peer, peer, need, aim);
    }

    private static async Task<(string Wal, long Bytes)> PositionAsync(BenchHost host)
    {
        await host.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_walinspect");
        return (await host.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text"), await BytesAsync(host));
    }

    /// <summary>Commits are counted in the write-ahead log itself: the statistics of other connections come late.</summary>
    private static async Task<Cost> CostAsync(BenchHost host, (string Wal, long Bytes) begun, double steps) =>
        new(
            await host.ScalarAsync<long>(
                $"SELECT count::bigint FROM pg_get_wal_stats_till_end_of_wal('{begun.Wal}', true) WHERE \"resource_manager/record_type\" = 'Transaction/COMMIT'"
            ) / steps,
            (double)await host.ScalarAsync<decimal>($"SELECT pg_current_wal_insert_lsn() - '{begun.Wal}'::pg_lsn")
                / steps,
            (await BytesAsync(host) - begun.Bytes) / steps
        );

    private static Task<long> BytesAsync(BenchHost host) =>
        host.ScalarAsync<long>("SELECT pg_database_size(current_database())");

    /// <summary>Steps per second from the first start to the last end, by the database's clock.</summary>
    private static async Task<double> RunJobsAsync(BenchHost host, int jobs, int steps)
    {
        var input = JsonSerializer.SerializeToElement(new { steps, payloadBytes = 1024 });
        var commands = host.Get<JobCommands>();
        var ids = new List<Guid>();
        for (var i = 0; i < jobs; i++)
        {
            var outcome = await commands.SubmitAsync(
                new JobSubmission { Agent = "synthetic", Input = input },
                By,
                null,
                CancellationToken.None
            );
            ids.Add(((SubmitOutcome.Accepted)outcome).Id);
        }
        var list = string.Join(',', ids.Select(i => $"'{i}'"));
        var limit = Stopwatch.GetTimestamp();
        while (
            await host.ScalarAsync<long>(
                $"SELECT count(*) FROM job_runs WHERE job_id IN ({list}) AND state = 'succeeded'"
            ) < jobs
        )
        {
            if (Stopwatch.GetElapsedTime(limit) > TimeSpan.FromMinutes(2))
                throw new TimeoutException("The jobs did not end within two minutes.");
            await Task.Delay(20);
        }
        var seconds = await host.ScalarAsync<double>(
            $"SELECT extract(epoch FROM max(finished_at) - min(started_at))::float8 FROM job_runs WHERE job_id IN ({list})"
        );
        return jobs * steps / seconds;
    }

    /// <summary>What one step cost the database.</summary>
    private sealed record Cost(double Commits, double Wal, double Stored);
}
