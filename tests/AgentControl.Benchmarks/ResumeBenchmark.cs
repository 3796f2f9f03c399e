using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;

namespace AgentControl.Benchmarks;

/// <summary>From the decision's request to the first line behind the wait, and from a submission to its start.</summary>
internal static class ResumeBenchmark
{
    /// <summary>First uses of code and connections, which are not counted.</summary>
    private const int Warm = 50;

    private static readonly Caller By = new(CallerKind.Person, Guid.NewGuid(), "bench")
    {
        Roles = Caller.Global(Role.Approver),
    };
    private static readonly ConcurrentDictionary<Guid, TaskCompletionSource<long>> behind = new();

    /// <summary>The agent whose first line behind the wait is timed.</summary>
    public static AgentDefinition Agent => AgentDefinition.Of<WaitingAgent, JsonElement, bool>(_ => new WaitingAgent());

    public static async Task<IEnumerable<Figure>> RunAsync(BenchHost host, int parked, int samples)
    {
        var empty = JsonSerializer.SerializeToElement(new { });
        var batch = new BatchSubmission(
            new JobSubmission { Agent = "bench.waiting", Input = empty },
            [.. Enumerable.Repeat(empty, parked + Warm + samples)]
        );
        var accepted = (SubmitOutcome.AcceptedBatch)
            await host.Get<JobCommands>().SubmitBatchAsync(batch, By.Actor, null, CancellationToken.None);
        await host.UntilAsync(
            $"SELECT count(*) = {parked + Warm + samples} FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE j.batch_id = '{accepted.BatchId}' AND r.state = 'waiting'"
        );
        var resumed = new List<double>();
        foreach (var job in accepted.Jobs.Take(Warm + samples))
        {
            var approval = await host.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
            var line = behind[job] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            var since = Stopwatch.GetTimestamp();
            await host.Get<ApprovalCommands>()
                .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, By, CancellationToken.None);
            var at = await line.Task.WaitAsync(TimeSpan.FromSeconds(30));
            resumed.Add(Stopwatch.GetElapsedTime(since, at).TotalMilliseconds);
        }
        resumed.RemoveRange(0, Warm);
        var started = await StartsAsync(host, Warm + samples);
        started.RemoveRange(0, Warm);
        return
        [
            Of("resume latency p50", resumed, 0.5, "15", "4"),
            Of("resume latency p99", resumed, 0.99, "60", "15"),
            Of("start latency p50", started, 0.5, "20", "5"),
            Of("start latency p99", started, 0.99, "100", "30"),
        ];
    }

    private static async Task<List<double>> StartsAsync(BenchHost host, int samples)
    {
        var times = new List<double>();
        var input = JsonSerializer.SerializeToElement(new { steps = 0 });
        for (var i = 0; i < samples; i++)
        {
            var started = new ConcurrentDictionary<Guid, long>();
            var ended = new SemaphoreSlim(0);
            using var watch = host.Get<EventFeed>()
                .Subscribe(events =>
                {
                    foreach (var line in events.Where(e => e.Type == "job.started"))
                        started.TryAdd(line.JobId, Stopwatch.GetTimestamp());
                    ended.Release();
                });
            var since = Stopwatch.GetTimestamp();
            var outcome = await host.Get<JobCommands>()
                .SubmitAsync(
                    new JobSubmission { Agent = "synthetic", Input = input },
                    By.Actor,
                    null,
                    CancellationToken.None
                );
            var id = ((SubmitOutcome.Accepted)outcome).Id;
            long at;
            while (!started.TryGetValue(id, out at))
                await ended.WaitAsync(TimeSpan.FromSeconds(20));
            times.Add(Stopwatch.GetElapsedTime(since, at).TotalMilliseconds);
        }
        return times;
    }

    private static Figure Of(string name, List<double> times, double quantile, string need, string aim)
    {
        times.Sort();
        return new(name, "ms", times[Math.Min(times.Count - 1, (int)(times.Count * quantile))], null, null, need, aim);
    }

    [Agent("bench.waiting", "1")]
    private sealed class WaitingAgent : IAgent<JsonElement, bool>
    {
        public async Task<bool> RunAsync(JsonElement input, IJobContext job, CancellationToken cancellationToken)
        {
            await job.RequestApprovalAsync(new ApprovalRequest { Title = "Go on?" });
            if (behind.TryGetValue(job.Job.Id, out var line))
                line.TrySetResult(Stopwatch.GetTimestamp());
            return true;
        }
    }
}
