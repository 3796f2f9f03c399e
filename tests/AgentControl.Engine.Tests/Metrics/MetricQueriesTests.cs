using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Services;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Metrics;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Metrics;

/// <summary>What counts in the four metrics, and what does not.</summary>
public sealed class MetricQueriesTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset _end = new(2026, 11, 20, 9, 2, 0, TimeSpan.Zero);
    private static readonly MetricWindow _day = new(_end.AddDays(-1), _end);

    private static readonly Dictionary<string, string?> _idle = new() { ["AgentControl:Role"] = "web" };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_completion_rate_leaves_out_cancelled_and_rejected_and_counts_timeouts_and_budget_stops_as_failed()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        var at = _end.AddHours(-2);
        var parent = new SeededTask(at);
        await MetricSeeds.AddAsync(
            engine.Database,
            [
                parent,
                new(at, State: "succeeded", Agent: "other"),
                new(at, State: "succeeded"),
                new(at, State: "failed", Outcome: "error"),
                new(at, State: "failed", Outcome: "timeout"),
                new(at, State: "failed", Outcome: "budget"),
                new(at, State: "cancelled", Outcome: "cancelled"),
                new(at, State: "cancelled", Outcome: "rejected"),
                // A child is part of its task, and others lie outside of the window.
                new(at, State: "failed", Outcome: "error") { Parent = parent.Id },
                new(_end.AddDays(-1).AddSeconds(-1), State: "failed", Outcome: "error"),
                new(_end, State: "failed", Outcome: "error"),
            ]
        );
        var metrics = engine.Get<MetricQueries>();

        var all = await metrics.SummaryAsync(new(_day), Now);
        Assert.Equal(new TaskCounts(3, 3, 1, 1, 1), all.Now.Tasks);
        Assert.Equal(0.5, all.Now.CompletionRate);
        Assert.Equal(new TaskCounts(0, 1, 0, 0, 0), all.Previous.Tasks);
        Assert.Equal(
            [("other", 1d), ("test", 0.4)],
            all.Agents.Select(agent => (agent.Agent, agent.CompletionRate!.Value))
        );

        var one = await metrics.SummaryAsync(new(_day, "test"), Now);
        Assert.Equal(0.4, one.Now.CompletionRate);
        Assert.Null((await metrics.SummaryAsync(new(_day, "nobody"), Now)).Now.CompletionRate);
        Assert.Null((await metrics.SummaryAsync(new(_day, Visible: ["elsewhere"]), Now)).Now.CompletionRate);
    }

    [Fact]
    public async Task Buckets_are_whole_five_minutes_or_hours_add_up_to_the_summary_and_leave_gaps()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        var random = new Random(3);
        await MetricSeeds.AddAsync(
            engine.Database,
            [
                .. Enumerable
                    .Range(0, 300)
                    .Select(_ => new SeededTask(
                        _end.AddSeconds(-random.Next(0, 60 * 86400 / 24)),
                        random.Next(1, 5000),
                        random.Next(5) == 0 ? "failed" : "succeeded"
                    )),
            ]
        );
        var metrics = engine.Get<MetricQueries>();
        foreach (var days in (double[])[0.5, 1, 2])
        {
            var window = new MetricWindow(_end.AddDays(-days), _end);
            var summary = await metrics.SummaryAsync(new(window), Now);
            var series = await metrics.SeriesAsync(new(window), MetricWords.Completion, Now);
            var points = Assert.Single(series.Lines).Points;
            Assert.Equal(summary.Now.Tasks.Counted, points.Sum(point => point.Count));
            Assert.Equal(days > 1 ? 3600 : 300, window.Bucket.TotalSeconds);
            Assert.All(points, point => Assert.Equal(0, point.At.ToUnixTimeSeconds() % window.Bucket.TotalSeconds));
            Assert.All(points.Zip(points.Skip(1)), pair => Assert.Equal(window.Bucket, pair.Second.At - pair.First.At));
            Assert.All(points, point => Assert.Equal(point.Count == 0, point.Value is null));
            Assert.Contains(points, point => point.Value is null);
            Assert.Equal(
                summary.Now.Tasks.Succeeded,
                points.Sum(point => (long)Math.Round((point.Value ?? 0) * point.Count))
            );
        }
        var other = await metrics.SeriesAsync(new(_day), cancellationToken: Now);
        Assert.All(
            other.Lines.Single(line => line.Metric == MetricWords.Recoveries).Points,
            point => Assert.Equal(other.Lines[0].Points.Single(p => p.At == point.At).Count == 0, point.Value is null)
        );
    }

    [Fact]
    public async Task The_services_that_were_retried_most_have_a_line_and_all_others_share_one()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _idle);
        await MetricSeeds.UseAsync(
            engine.Database,
            [
                .. Enumerable.Range(1, 9).Select(n => (_end.AddHours(-1), $"s{n}", "test", 100, n)),
                (_end.AddHours(-1), "s1", "other", 100, 99),
            ]
        );
        var metrics = engine.Get<MetricQueries>();
        var summary = await metrics.SummaryAsync(new(_day, "test"), Now);
        Assert.Equal(
            ("s9", 0.09, 9d),
            (
                summary.Now.Retries[0].Service,
                summary.Now.Retries[0].RetryFrequency,
                summary.Now.Retries[0].RetriesPer100Calls
            )
        );
        var lines = (await metrics.SeriesAsync(new(_day, "test"), MetricWords.Retries, Now)).Lines;
        Assert.Equal(["s4", "s5", "s6", "s7", "s8", "s9", "other"], lines.Select(line => line.Service));
        Assert.Equal(2, lines[^1].Points.Single(point => point.Value is not null).Value);
        Assert.Equal(300, lines[^1].Points.Sum(point => point.Count));
    }

    [Fact]
    public async Task A_pause_that_holds_the_worker_is_no_work_unless_another_branch_works_meanwhile()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var failed = new HashSet<Guid>();
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                Task<int> AskAsync(IJobContext branch) =>
                    branch.StepAsync(
                        "ask",
                        _ =>
                            failed.Add(job.Job.Id)
                                ? throw new ServiceException("down", new ServiceFault { Status = 503 })
                                : Task.FromResult(1),
                        new() { Service = "erp" }
                    );
                if (input.GetProperty("branches").GetInt32() == 1)
                    return await AskAsync(job);
                return await job.Parallel(
                    "both",
                    [0, 1],
                    2,
                    (item, branch, stop) =>
                        item == 0
                            ? AskAsync(branch)
                            : branch.StepAsync(
                                "work",
                                async _ =>
                                {
                                    await Task.Delay(TimeSpan.FromSeconds(3), stop);
                                    return 1;
                                }
                            )
                );
            }
        );
        await using var engine = await EngineProcess.StartAsync(
            database,
            [agent],
            new()
            {
                ["AgentControl:Services:erp:Retry:BaseDelaySeconds"] = "2",
                ["AgentControl:Services:erp:Retry:JitterFraction"] = "0",
            }
        );
        var alone = await RunAsync(1);
        Assert.InRange(alone.Held, 2000, 60_000);
        Assert.InRange(alone.Held - alone.Worked, 1900, 2600);
        var both = await RunAsync(2);
        Assert.InRange(both.Worked, 2900, 60_000);
        Assert.InRange(both.Held - both.Worked, 0, 300);

        async Task<(long Held, long Worked)> RunAsync(int branches)
        {
            var job = await engine.SubmitAsync("test", new Dictionary<string, int> { ["branches"] = branches });
            await engine.UntilAsync(job, "succeeded");
            var row = await engine.ScalarAsync<long[]>(
                $"SELECT ARRAY[r.worked_ms, t.worked_ms] FROM job_runs r JOIN ended_tasks t USING (job_id) WHERE job_id = '{job}'"
            );
            return (row[0], row[1]);
        }
    }

    [Fact]
    public async Task Jobs_that_really_ran_are_counted_with_their_retries_recoveries_waits_and_reasons()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var calls = 0;
        var first = true;
        EngineProcess? process = null;
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                switch (input.GetProperty("as").GetString())
                {
                    case "waits":
                        await job.SleepAsync(TimeSpan.FromHours(1));
                        await job.RequestApprovalAsync(new ApprovalRequest { Title = "Go on?" });
                        return await job.StepAsync("end", _ => Task.FromResult(1));
                    case "shaky":
                        return await job.StepAsync(
                            "ask",
                            _ =>
                                Interlocked.Increment(ref calls) < 3
                                    ? throw new ServiceException("down", new ServiceFault { Status = 503 })
                                    : Task.FromResult(1),
                            new() { Service = "erp" }
                        );
                    case "dies" when first:
                        first = false;
                        await job.StepAsync("before", _ => Task.FromResult(1));
                        await process!.LoseWorkerAsync(job.Job.Id, job.Job.Attempt);
                        throw new InvalidOperationException("A zombie says nothing.");
                    case "dies":
                        return await job.StepAsync("before", _ => Task.FromResult(1));
                    default:
                        throw new PermanentFailureException("empty", "The list is empty.");
                }
            }
        );
        await using var engine = process = await EngineProcess.StartAsync(
            database,
            [agent],
            new() { ["AgentControl:Services:erp:Retry:BaseDelaySeconds"] = "0.01" }
        );
        var waits = await RunAsync("waits", "waiting");
        await engine.ShiftClockAsync("61 minutes");
        await engine.UntilTrueAsync(
            waits,
            $"SELECT EXISTS (SELECT FROM approvals WHERE job_id = '{waits}' AND state = 'pending')"
        );
        await engine.UntilAsync(waits, "waiting");
        await engine.ShiftClockAsync("3 hours");
        var question = await engine.ScalarAsync<Guid>(
            $"SELECT id FROM approvals WHERE job_id = '{waits}' AND state = 'pending'"
        );
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(question, ApprovalDecision.Approve, 1, null, null, Deciders.Ana, Now);
        await engine.UntilAsync(waits, "succeeded");
        var shaky = await RunAsync("shaky", "succeeded");
        var died = await RunAsync("dies", "succeeded");
        var failed = await RunAsync("fails", "failed");
        await engine.UntilTrueAsync(shaky, "SELECT COALESCE(sum(calls), 0) = 3 FROM service_use");

        var metrics = engine.Get<MetricQueries>();
        var window = MetricWindow.Last(MetricWindow.Day, await metrics.NowAsync(Now))!;
        var summary = await metrics.SummaryAsync(new(window, "test"), Now);
        Assert.Equal(new TaskCounts(3, 1, 0, 0, 0), summary.Now.Tasks);
        Assert.Equal([new ServiceRetries("erp", 3, 2)], summary.Now.Retries);
        var told = await engine.ScalarAsync<long>("SELECT count(*) FROM events WHERE type = 'job.recovered'");
        Assert.Equal(new RecoveryCounts(told, 1, 1, 1), summary.Now.Recoveries);
        Assert.NotEqual(0, told);

        // An hour of sleep and three of a question: all in the duration, the question out of the third, and neither in the working time.
        var long4 = await metrics.SummaryAsync(new(window), Now);
        Assert.InRange(long4.Now.DurationSeconds.P95!.Value, 3 * 3600, 5 * 3600);
        var row = await engine.ScalarAsync<long[]>(
            $"SELECT ARRAY[duration_ms, worked_ms, people_ms] FROM ended_tasks WHERE job_id = '{waits}'"
        );
        Assert.InRange(row[0], 4 * 3600_000, 4.2 * 3600_000);
        Assert.InRange(row[1], 0, 60_000);
        Assert.InRange(row[2], 3 * 3600_000, 3.1 * 3600_000);

        var runs = engine.Get<MetricRunQueries>();
        var behind = await runs.BehindAsync(MetricWords.Completion, new(window), cancellationToken: Now);
        Assert.Equal(4, behind.Total);
        Assert.Equal(
            (failed, "failed", "The list is empty."),
            (behind.Items[0].JobId, behind.Items[0].Label, behind.Items[0].Reason)
        );
        var longest = await runs.BehindAsync(MetricWords.Duration, new(window), most: 1, cancellationToken: Now);
        Assert.Equal((waits, 4L), (Assert.Single(longest.Items).JobId, longest.Total));
        var retried = Assert.Single(
            (await runs.BehindAsync(MetricWords.Retries, new(window), ["erp"], cancellationToken: Now)).Items
        );
        Assert.Equal((shaky, 2L), (retried.JobId, retried.Times));
        Assert.Contains("503", retried.Reason, StringComparison.Ordinal);
        Assert.Empty(
            (await runs.BehindAsync(MetricWords.Retries, new(window), ["mail"], cancellationToken: Now)).Items
        );
        var recovered = Assert.Single(
            (await runs.BehindAsync(MetricWords.Recoveries, new(window), cancellationToken: Now)).Items
        );
        Assert.Equal(died, recovered.JobId);

        // Retried by a person it has not ended any more, and the overview reads the same.
        var tiles = await engine.Get<OverviewQueries>().TilesAsync(MetricWindow.Day, visible: null, Now);
        Assert.Equal((0.75, summary.Now.Tasks), (tiles.Tasks.CompletionRate, tiles.Tasks));
        Assert.Equal(summary.Now.DurationSeconds.Median, tiles.MedianSeconds);
        await engine.ExecuteAsync(
            $"UPDATE job_runs SET state = 'queued', finished_at = NULL, outcome = NULL, queue = 'nowhere' WHERE job_id = '{failed}'"
        );
        Assert.Equal(1, (await metrics.SummaryAsync(new(window), Now)).Now.CompletionRate);

        async Task<Guid> RunAsync(string way, string until)
        {
            var job = await engine.SubmitAsync("test", new Dictionary<string, string> { ["as"] = way });
            await engine.UntilAsync(job, until);
            return job;
        }
    }
}
