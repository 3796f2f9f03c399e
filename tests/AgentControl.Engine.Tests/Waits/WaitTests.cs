using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Waits;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Waits;

/// <summary>Signals, timers and races: each wakes exactly once, whoever comes first.</summary>
public sealed class WaitTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task<SignalOutcome> SendAsync(Guid job, string name, object value) =>
        engine
            .Get<SignalCommands>()
            .SendAsync(job, name, JsonSerializer.SerializeToElement(value), EngineProcess.Ana, null, Now);

    [Fact]
    public async Task Signals_before_and_after_the_wait_are_taken_once_each_in_order()
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
        {
            await context.StepAsync(
                "first",
                async call =>
                {
                    await held.PassAsync(call.CancellationToken);
                    return 1;
                }
            );
            var early = await context.WaitForSignalAsync<int>("go");
            var late = await context.WaitForSignalAsync<int>("go");
            return early.Value * 10 + late.Value;
        });
        await held.Reached;
        Assert.Equal(SignalOutcome.Accepted, await SendAsync(job, "go", 4));
        held.Open();
        await engine.UntilAsync(job, "waiting");
        await SendAsync(job, "go", 2);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(42, (await engine.OutputAsync(job)).GetInt32());
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM signals WHERE job_id = '{job}' AND taken_by IS NULL")
        );
        Assert.Equal(SignalOutcome.Ended, await SendAsync(job, "go", 3));
    }

    [Fact]
    public async Task An_answer_that_finds_the_resume_lane_full_goes_to_the_front_of_its_queue()
    {
        // More long jobs than the lane has hands, all woken by a person; the last one runs on its own queue's workers.
        const int Count = 5;
        var running = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var jobs = new List<Guid>();
        for (var i = 0; i < Count; i++)
            jobs.Add(
                await shared.StartAsync(async context =>
                {
                    await context.WaitForSignalAsync<int>("go");
                    return await context.StepAsync(
                        "long",
                        async call =>
                        {
                            if (Interlocked.Increment(ref running) == Count)
                                all.TrySetResult();
                            await all.Task.WaitAsync(call.CancellationToken);
                            return 1;
                        }
                    );
                })
            );
        foreach (var job in jobs)
            await engine.UntilAsync(job, "waiting");
        foreach (var job in jobs)
            await SendAsync(job, "go", 1);
        foreach (var job in jobs)
            await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task Thirty_signals_at_once_are_thirty_answers()
    {
        const int Count = 30;
        var job = await shared.StartAsync(async context =>
        {
            var sum = 0;
            for (var i = 0; i < Count; i++)
                sum += (await context.WaitForSignalAsync<int>("add")).Value;
            return sum;
        });
        await engine.UntilAsync(job, "waiting");
        await Task.WhenAll(Enumerable.Range(1, Count).Select(i => SendAsync(job, "add", i)));
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(Count * (Count + 1) / 2, (await engine.OutputAsync(job)).GetInt32());
    }

    [Fact]
    public async Task Of_several_waits_the_first_answers_and_the_others_are_closed()
    {
        var job = await shared.StartAsync(async context =>
        {
            var first = await context.FirstOf(
                new SignalWait("never"),
                new ApprovalWait(new ApprovalRequest { Title = "Or this?" }),
                new TimerWait(TimeSpan.FromHours(1))
            );
            await context.WaitForSignalAsync<int>("end");
            return first.Index;
        });
        await engine.UntilAsync(job, "waiting");
        Assert.Equal(
            "needs_approval",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'")
        );
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilTrueAsync(job, $"SELECT count(*) = 1 FROM waits WHERE job_id = '{job}' AND target = 'end'");
        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
        var late = Assert.IsType<DecideOutcome.AlreadyDecided>(
            await engine
                .Get<ApprovalCommands>()
                .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, Deciders.Ana, Now)
        );
        Assert.Equal("cancelled", late.State);
        await SendAsync(job, "never", 1);
        await SendAsync(job, "end", 1);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(2, (await engine.OutputAsync(job)).GetInt32());
    }

    [Fact]
    public async Task A_signal_with_a_time_limit_says_that_none_came()
    {
        var job = await shared.StartAsync(async context =>
            (await context.WaitForSignalAsync<int>("late", TimeSpan.FromMinutes(5))).Received
        );
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("6 minutes");
        await engine.UntilAsync(job, "succeeded");
        Assert.False((await engine.OutputAsync(job)).GetBoolean());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_is_heard_whether_it_comes_while_others_run_or_after_they_rest(bool whileRunning)
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "branches",
                new[] { 0, 1 },
                2,
                async (n, branch, _) =>
                    n == 0
                        ? (await branch.WaitForSignalAsync<int>("go")).Value
                        : await branch.StepAsync(
                            "long",
                            async call =>
                            {
                                await held.PassAsync(call.CancellationToken);
                                return 1;
                            }
                        )
            )
        );
        await held.Reached;
        await engine.UntilTrueAsync(job, $"SELECT count(*) = 1 FROM waits WHERE job_id = '{job}'");
        if (!whileRunning)
        {
            held.Open();
            await engine.UntilAsync(job, "waiting");
        }
        await SendAsync(job, "go", 41);
        held.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([41, 1], (await engine.OutputAsync(job)).EnumerateArray().Select(v => v.GetInt32()));
    }

    [Fact]
    public async Task A_waiting_branch_gives_its_place_back_through_all_levels()
    {
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "outer",
                new[] { 0, 1, 2 },
                1,
                async (n, outer, _) =>
                {
                    var inner = await outer.Parallel(
                        "inner",
                        new[] { 0, 1 },
                        2,
                        async (m, branch, _) =>
                            n == 0
                                ? (await branch.WaitForSignalAsync<int>("go")).Value
                                : await branch.StepAsync("work", _ => Task.FromResult(m))
                    );
                    return inner.Sum();
                }
            )
        );
        await engine.UntilAsync(job, "waiting");
        Assert.Equal(
            4L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND name = 'work'")
        );
        await SendAsync(job, "go", 5);
        await SendAsync(job, "go", 6);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([11, 1, 1], (await engine.OutputAsync(job)).EnumerateArray().Select(v => v.GetInt32()));
    }

    [Fact]
    public async Task Progress_that_is_told_before_a_wait_is_on_the_row_while_it_waits()
    {
        var job = await shared.StartAsync(async context =>
        {
            await context.ReportProgressAsync(3, 10, "reading");
            await context.WaitForSignalAsync<int>("go");
            return 1;
        });
        await engine.UntilAsync(job, "waiting");
        Assert.Equal(
            3L,
            await engine.ScalarAsync<long>(
                $"SELECT COALESCE(progress_completed, -1) FROM job_runs WHERE job_id = '{job}'"
            )
        );
    }

    [Fact]
    public async Task Stash_is_recalled_as_the_first_run_saw_it()
    {
        var job = await shared.StartAsync(async context =>
        {
            var nothing = await context.RecallAsync<int?>("place");
            await context.StashAsync("place", 1);
            var one = await context.RecallAsync<int?>("place");
            await context.StashAsync("place", 2);
            await context.WaitForSignalAsync<int>("go");
            return new[] { nothing ?? -1, one ?? -1, await context.RecallAsync<int?>("place") ?? -1 };
        });
        await engine.UntilAsync(job, "waiting");
        await SendAsync(job, "go", 1);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([-1, 1, 2], (await engine.OutputAsync(job)).EnumerateArray().Select(v => v.GetInt32()));
        Assert.Equal(2L, await engine.ScalarAsync<long>($"SELECT count(*) FROM checkpoints WHERE job_id = '{job}'"));
    }
}
