using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Jobs;

/// <summary>Pause, resume, cancel, force, retry and fork against a running engine.</summary>
public sealed class CommandTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task<string> LabelAsync(Guid job) =>
        engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'");

    [Fact]
    public async Task A_pause_lets_the_running_step_finish_and_a_resume_goes_on_behind_it()
    {
        var effects = new Effects();
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
        {
            await context.StepAsync(
                "first",
                async call =>
                {
                    await held.PassAsync();
                    return await effects.DoAsync(call, 1);
                }
            );
            return await context.StepAsync("second", call => effects.DoAsync(call, 2));
        });
        await held.Reached;
        Assert.Equal(
            CommandResult.Accepted,
            (await engine.Jobs.PauseAsync(job, EngineProcess.Ana, "look \u0000 first", Now)).Result
        );
        Assert.Equal("pausing", await LabelAsync(job));
        held.Open();
        await engine.UntilAsync(job, "paused");
        Assert.Equal([1], effects.Counts);
        Assert.Equal(CommandResult.Accepted, (await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(CommandResult.Accepted, (await engine.Jobs.ResumeAsync(job, EngineProcess.Ana, null, Now)).Result);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([1, 1], effects.Counts);
    }

    [Fact]
    public async Task A_withdrawn_pause_leaves_no_branch_behind()
    {
        HoldPoint quick = new(),
            slow = new();
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "branches",
                new[] { 0, 1 },
                2,
                async (n, branch, _) =>
                {
                    await branch.StepAsync(
                        "one",
                        async call =>
                        {
                            await (n == 0 ? quick : slow).PassAsync(call.CancellationToken);
                            return n;
                        }
                    );
                    return await branch.StepAsync("two", _ => Task.FromResult(n));
                }
            )
        );
        await quick.Reached;
        await slow.Reached;
        await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now);
        quick.Open();
        await engine.UntilTrueAsync(
            job,
            $"SELECT count(*) = 1 FROM steps WHERE job_id = '{job}' AND state = 'completed'"
        );
        // The quick branch has heard of the pause and stands before its second step; now the pause is withdrawn.
        await engine.Jobs.ResumeAsync(job, EngineProcess.Ana, null, Now);
        slow.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            4L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND state = 'completed'")
        );
    }

    [Fact]
    public async Task A_decision_during_a_pause_is_kept_and_wakes_nobody()
    {
        var job = await shared.StartAsync(async context =>
            (await context.RequestApprovalAsync(new ApprovalRequest { Title = "Now?" })).Approved
        );
        await engine.UntilAsync(job, "waiting");
        await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now);
        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, Deciders.Ana, Now);
        Assert.Equal("paused", await engine.StateAsync(job));
        await engine.Jobs.ResumeAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "succeeded");
        Assert.True((await engine.OutputAsync(job)).GetBoolean());
    }

    [Fact]
    public async Task A_cancel_interrupts_the_running_step_and_no_further_one_runs()
    {
        var later = 0;
        var begun = new HoldPoint();
        var job = await shared.StartAsync(async context =>
        {
            try
            {
                await context.StepAsync(
                    "long",
                    async call =>
                    {
                        await begun.PassAsync(call.CancellationToken);
                        return 1;
                    }
                );
            }
            finally
            {
                await context.StepAsync("cleanup", _ => Task.FromResult(++later));
            }
            return 1;
        });
        await begun.Reached;
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, "enough", Now);
        await engine.UntilAsync(job, "cancelled");
        Assert.Equal(0, later);
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(CommandResult.Accepted, (await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now)).Result);
    }

    [Fact]
    public async Task A_callback_on_the_token_that_throws_hurts_nobody_else()
    {
        var begun = new HoldPoint();
        var job = await shared.StartAsync(
            async (context, token) =>
            {
                token.Register(() => throw new InvalidOperationException("Thrown into the engine"));
                return await context.StepAsync(
                    "long",
                    async call =>
                    {
                        await begun.PassAsync(call.CancellationToken);
                        return 1;
                    }
                );
            }
        );
        await begun.Reached;
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "cancelled");
        var other = await shared.StartAsync(async context => await context.StepAsync("one", _ => Task.FromResult(1)));
        await engine.UntilAsync(other, "succeeded");
    }

    [Fact]
    public async Task Force_ends_a_step_that_does_not_listen_and_it_can_write_nothing_more()
    {
        var deaf = new HoldPoint();
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(
                "deaf",
                async _ =>
                {
                    await deaf.PassAsync(CancellationToken.None);
                    return 1;
                }
            )
        );
        await deaf.Reached;
        Assert.Equal(
            CommandResult.Refused,
            (await engine.Jobs.ForceStopAsync(job, EngineProcess.Ana, null, Now)).Result
        );
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        Assert.Equal(
            CommandResult.Accepted,
            (await engine.Jobs.ForceStopAsync(job, EngineProcess.Ana, null, Now)).Result
        );
        Assert.Equal("cancelled", await engine.StateAsync(job));
        deaf.Open();
        var other = await shared.StartAsync(async context => await context.StepAsync("one", _ => Task.FromResult(1)));
        await engine.UntilAsync(other, "succeeded");
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND state <> 'running'")
        );
        Assert.Equal(
            "job.cancelled",
            await engine.ScalarAsync<string>($"SELECT type FROM events WHERE job_id = '{job}' ORDER BY no DESC LIMIT 1")
        );
    }

    [Fact]
    public async Task A_retry_runs_the_failed_step_anew_and_none_before_it()
    {
        var runs = new int[4];
        var mended = false;
        var job = await shared.StartAsync(async context =>
        {
            for (var i = 1; i <= 3; i++)
            {
                await context.StepAsync(
                    "step",
                    _ =>
                    {
                        runs[i]++;
                        return i == 2 && !mended
                            ? throw new PermanentFailureException("broken", "Broken")
                            : Task.FromResult(i);
                    }
                );
            }
            return 1;
        });
        await engine.UntilAsync(job, "failed");
        mended = true;
        await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([0, 1, 2, 1], runs);
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM steps WHERE job_id = '{job}' AND state = 'superseded'"
            )
        );
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now)).Result);
    }

    [Fact]
    public async Task A_fork_replays_what_came_before_the_chosen_step_on_the_queue_where_that_was()
    {
        var runs = new Dictionary<string, int>();
        Task<int> Count(string name) => Task.FromResult(runs[name] = runs.GetValueOrDefault(name) + 1);
        var queues = new List<string>();
        var job = await shared.StartAsync(async context =>
        {
            await context.StepAsync("a", _ => Count("a"));
            await context.ContinueOnAsync("review");
            await context.StepAsync("b", _ => Count("b"));
            queues.Add(context.Job.Queue);
            return await context.StepAsync("c", _ => Count("c"));
        });
        await engine.UntilAsync(job, "succeeded");
        var fork = Assert
            .IsType<SubmitOutcome.Accepted>(await engine.Jobs.ForkAsync(job, "c#1", null, EngineProcess.Ana, Now))
            .Id;
        await engine.UntilAsync(fork, "succeeded");
        Assert.Equal((1, 1, 2), (runs["a"], runs["b"], runs["c"]));
        Assert.Equal(["review", "review"], queues);
        Assert.IsType<SubmitOutcome.Invalid>(
            await engine.Jobs.ForkAsync(job, "nothing#1", null, EngineProcess.Ana, Now)
        );
    }

    [Fact]
    public async Task Final_states_can_be_left_only_by_a_retry()
    {
        var job = await shared.StartAsync(async context => await context.StepAsync("one", _ => Task.FromResult(1)));
        await engine.UntilAsync(job, "succeeded");
        var last = await engine.ScalarAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'");
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.ResumeAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(CommandResult.Refused, (await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now)).Result);
        Assert.Equal(
            CommandResult.NotFound,
            (await engine.Jobs.CancelAsync(Guid.CreateVersion7(), EngineProcess.Ana, null, Now)).Result
        );
        Assert.Equal(last, await engine.ScalarAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'"));
    }
}
