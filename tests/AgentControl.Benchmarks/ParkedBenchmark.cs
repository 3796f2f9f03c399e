using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;

namespace AgentControl.Benchmarks;

/// <summary>What 10,000 jobs that wait for a person cost: memory, connections, and the idle CPU of the process and its PostgreSQL.</summary>
internal static class ParkedBenchmark
{
    private const int Jobs = 10_000;
    private const double Mega = 1024 * 1024;
    private static readonly Actor By = new("person:bench", "bench");
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    /// <summary>Until the compiler in the background is through with what ran before: after one minute it still took a third of what was measured.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(3);

    public static async Task<IEnumerable<Figure>> RunAsync(BenchHost host)
    {
        // The same work once before, so that what is measured is the jobs and not the first use of code and pools.
        await ParkAsync(host, 1_000);
        var (memoryBefore, cpuBefore) = (Memory(), await CpuAsync(host));
        await ParkAsync(host, Jobs);
        var (memory, cpu) = (Memory(), await CpuAsync(host));
        var busy = await host.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        );
        return
        [
            new("10,000 parked: memory kept", "MB", (memory - memoryBefore) / Mega, null, null, "50", ""),
            new("10,000 parked: connections held", "", busy, null, null, "0", "0"),
            new(
                "10,000 parked: idle CPU, program + PostgreSQL",
                "% of a core",
                cpu,
                cpuBefore,
                "with 1,000 parked",
                "1",
                ""
            ),
        ];
    }

    private static async Task ParkAsync(BenchHost host, int jobs)
    {
        var empty = JsonSerializer.SerializeToElement(new { });
        var batch = new BatchSubmission(
            new JobSubmission { Agent = "bench.waiting", Input = empty },
            [.. Enumerable.Repeat(empty, jobs)]
        );
        var accepted = (SubmitOutcome.AcceptedBatch)
            await host.Get<JobCommands>().SubmitBatchAsync(batch, By, null, CancellationToken.None);
        await host.UntilAsync(
            $"SELECT count(*) = {jobs.ToString(CultureInfo.InvariantCulture)} FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE j.batch_id = '{accepted.BatchId}' AND r.state = 'waiting'"
        );
    }

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static async Task<double> CpuAsync(BenchHost host)
    {
        // What is still to be done for the jobs themselves (vacuum, their pages on disk, the last events) is not idling.
        await host.ExecuteAsync("VACUUM ANALYZE");
        await host.ExecuteAsync("CHECKPOINT");
        await Task.Delay(Settled);
        var pids = (await host.ListAsync<int>("SELECT pid FROM pg_stat_activity"))
            .Append(Environment.ProcessId)
            .ToArray();
        var before = pids.Sum(Ticks);
        await Task.Delay(Idle);
        return (pids.Sum(Ticks) - before) / 100.0 / Idle.TotalSeconds * 100;
    }

    /// <summary>CPU of a process in hundredths of a second; zero where it is gone or this is not Linux.</summary>
    private static double Ticks(int pid)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat");
        if (!File.Exists(file))
            return 0;
        var fields = File.ReadAllText(file).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
