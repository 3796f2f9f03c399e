using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Waits;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Children;

/// <summary>Each child exists once, counts once, and goes with its parent.</summary>
public sealed class ChildrenTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static Func<IJobContext, CancellationToken, Task<object?>> Child(int n, bool fails = false) =>
        async (job, _) =>
            await job.StepAsync(
                "work",
                _ => fails ? throw new PermanentFailureException("broken", "Broken") : Task.FromResult(n)
            );

    [Fact]
    public async Task Three_children_of_which_one_fails_are_counted_and_read_in_order()
    {
        var inputs = new[] { shared.Input(Child(1)), shared.Input(Child(2, fails: true)), shared.Input(Child(3)) };
        var job = await shared.StartAsync(async context =>
        {
            var group = await context.SpawnAsync(
                "test",
                inputs,
                new SpawnOptions { Names = ["one", "two \u0000", "three"] }
            );
            var counts = await context.WhenChildrenFinish(group);
            var results = await context.ChildResultsAsync(group);
            return $"{counts.Succeeded}+{counts.Failed}/{counts.Total}: "
                + string.Join(",", results.Select(r => $"{r.Name[..3]}={r.State} {r.Error}"));
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            "2+1/3: one=Succeeded ,two=Failed Broken,thr=Succeeded ",
            (await engine.OutputAsync(job)).GetString()
        );
        Assert.Equal(
            3L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'child.finished'"
            )
        );
    }

    [Fact]
    public async Task Fifteen_hundred_children_in_two_chunks_through_a_lost_worker_are_made_once()
    {
        const int Count = 1_500;
        var input = shared.Input((_, _) => Task.FromResult<object?>(1));
        var cut = new HoldPoint();
        var attempts = 0;
        var job = await shared.StartAsync(async context =>
        {
            var group = await context.SpawnAsync("test", Enumerable.Repeat(input, Count).ToArray());
            if (Interlocked.Increment(ref attempts) == 1)
                await cut.PassAsync();
            return (await context.WhenChildrenFinish(group)).Succeeded;
        });
        await cut.Reached;
        await engine.LoseWorkerAsync(job);
        await engine.UntilAsync(job, "succeeded", seconds: 300);
        Assert.Equal(Count, (await engine.OutputAsync(job)).GetInt32());
        Assert.Equal(
            (long)Count,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM jobs WHERE parent_id = '{job}'")
        );
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND kind = 'spawn'")
        );
        Assert.Equal(
            (long)Count,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'child.finished'"
            )
        );
    }

    [Fact]
    public async Task The_parent_wakes_when_enough_have_ended_and_again_for_the_rest()
    {
        var held = new HoldPoint();
        CodeInput[] inputs =
        [
            shared.Input(Child(1)),
            shared.Input(Child(2)),
            shared.Input(
                async (job, _) =>
                    await job.StepAsync(
                        "held",
                        async c =>
                        {
                            await held.PassAsync(c.CancellationToken);
                            return 3;
                        }
                    )
            ),
        ];
        var some = new TaskCompletionSource<ChildCounts>();
        var job = await shared.StartAsync(async context =>
        {
            var group = await context.SpawnAsync("test", inputs);
            var first = await context.WhenChildrenFinish(group, atLeast: 2);
            some.TrySetResult(first);
            return (await context.WhenChildrenFinish(group)).Ended;
        });
        Assert.Equal(2, (await some.Task.WaitAsync(TimeSpan.FromMinutes(2), Now)).Ended);
        held.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(3, (await engine.OutputAsync(job)).GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Children_are_cancelled_with_their_parent_however_it_is_cancelled(bool byRejection)
    {
        var grandchild = shared.Input(
            async (job, _) =>
            {
                await job.WaitForSignalAsync<int>("never");
                return null;
            }
        );
        var child = shared.Input(
            async (job, _) =>
            {
                await job.WhenChildrenFinish(await job.SpawnAsync("test", new[] { grandchild }));
                return null;
            }
        );
        var job = await shared.StartAsync(async context =>
        {
            await context.SpawnAsync("test", new[] { child, child });
            await context.RequestApprovalAsync(
                new ApprovalRequest { Title = "Go?", OnReject = ApprovalRejection.Cancel }
            );
            return null;
        });
        await engine.UntilTrueAsync(
            job,
            $"SELECT count(*) = 2 FROM jobs g JOIN jobs c ON c.id = g.parent_id JOIN job_runs r ON r.job_id = g.id WHERE c.parent_id = '{job}' AND r.state = 'waiting'"
        );
        await engine.UntilAsync(job, "waiting");
        if (byRejection)
        {
            var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
            await engine
                .Get<AgentControl.Engine.Approvals.ApprovalCommands>()
                .DecideAsync(approval, ApprovalDecision.Reject, 1, "no", null, Deciders.Ana, Now);
        }
        else
        {
            await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        }
        await engine.UntilTrueAsync(
            job,
            $"SELECT count(*) = 5 FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE r.state = 'cancelled' AND (j.id = '{job}' OR j.parent_id = '{job}' OR j.parent_id IN (SELECT id FROM jobs WHERE parent_id = '{job}'))"
        );
    }

    [Fact]
    public async Task A_child_that_goes_on_as_a_new_job_is_followed_to_its_end()
    {
        CodeInput second = shared.Input(async (job, _) => await job.StepAsync("second", _ => Task.FromResult(2)));
        CodeInput first = shared.Input(
            async (job, _) =>
            {
                await job.StepAsync("first", _ => Task.FromResult(1));
                await job.ContinueAsNewAsync(second);
                return 1;
            }
        );
        var job = await shared.StartAsync(async context =>
        {
            var group = await context.SpawnAsync("test", new[] { first });
            var counts = await context.WhenChildrenFinish(group);
            var results = await context.ChildResultsAsync(group);
            return $"{counts.Succeeded} {results.Single().State} {results.Single().Output}";
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("1 Succeeded 2", (await engine.OutputAsync(job)).GetString());
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM job_results o JOIN jobs j ON j.id = o.job_id WHERE j.parent_id = '{job}' AND o.continued_as IS NOT NULL"
            )
        );
    }

    [Fact]
    public async Task A_job_that_goes_on_as_new_keeps_its_urgency_and_refuses_too_large_an_input()
    {
        CodeInput second = shared.Input((_, _) => Task.FromResult<object?>(2));
        var job = await shared.StartAsync(
            async context =>
            {
                var refused = await Assert.ThrowsAsync<PermanentFailureException>(() =>
                    context.ContinueAsNewAsync(new { code = new string('x', 1024 * 1024) })
                );
                Assert.Equal("inputTooLarge", refused.Type);
                await context.ContinueAsNewAsync(second);
                return null;
            },
            submission => submission with { Priority = 2 }
        );
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            2,
            await engine.ScalarAsync<short>(
                $"SELECT r.priority FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE j.continued_from = '{job}'"
            )
        );
    }

    [Fact]
    public async Task A_cancel_before_the_job_goes_on_as_new_ends_it()
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
        {
            await context.StepAsync(
                "deaf",
                async _ =>
                {
                    await held.PassAsync();
                    return 1;
                }
            );
            await context.ContinueAsNewAsync(new { code = "none" });
            return null;
        });
        await held.Reached;
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        held.Open();
        await engine.UntilAsync(job, "cancelled");
        Assert.Equal(0L, await engine.ScalarAsync<long>($"SELECT count(*) FROM jobs WHERE continued_from = '{job}'"));
    }

    [Fact]
    public async Task No_children_are_waited_for_no_time()
    {
        var job = await shared.StartAsync(async context =>
        {
            var group = await context.SpawnAsync("test", Array.Empty<CodeInput>());
            return (await context.WhenChildrenFinish(group)).Total + (await context.ChildResultsAsync(group)).Count;
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(0, (await engine.OutputAsync(job)).GetInt32());
    }

    [Fact]
    public async Task A_fan_out_that_a_retry_makes_anew_counts_its_own_children()
    {
        var mended = false;
        CodeInput[] inputs = [shared.Input(Child(1)), shared.Input(Child(2))];
        var job = await shared.StartAsync(async context =>
        {
            Exception? first = null;
            try
            {
                await context.StepAsync(
                    "shaky",
                    _ => mended ? Task.FromResult(1) : throw new PermanentFailureException("broken", "Broken")
                );
            }
            catch (Core.Steps.StepFailedException problem)
            {
                first = problem;
            }
            var group = await context.SpawnAsync("test", inputs);
            var counts = await context.WhenChildrenFinish(group);
            if (first is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
            return $"{counts.Succeeded}/{counts.Total} {(await context.ChildResultsAsync(group)).Count}";
        });
        await engine.UntilAsync(job, "failed");
        mended = true;
        await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("2/2 2", (await engine.OutputAsync(job)).GetString());
        Assert.Empty(await new Engine.Storage.InvariantCheck(engine.Database).RunAsync(Now));
    }
}
