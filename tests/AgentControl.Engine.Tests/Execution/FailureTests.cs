using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>Passing failures wait and go on, poison stops, time limits hold, unknown outcomes are asked about.</summary>
public sealed class FailureTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passing_failure_of_a_step_waits_and_goes_on_under_the_same_id()
    {
        var tries = new List<(string Id, int Attempt)>();
        var before = 0;
        var job = await shared.StartAsync(async context =>
        {
            await context.StepAsync("before", _ => Task.FromResult(++before));
            return await context.StepAsync(
                "shaky",
                call =>
                {
                    tries.Add((call.StepId, call.Attempt));
                    return tries.Count == 1 ? throw new IOException("The line is down") : Task.FromResult(tries.Count);
                }
            );
        });
        await engine.UntilAsync(job, "waiting");
        Assert.Equal(
            "retrying",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'")
        );
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
            )
        );
        await engine.ShiftClockAsync("15 seconds");
        await engine.UntilAsync(job, "succeeded");

        Assert.Equal(1, before);
        Assert.Equal([1, 2], tries.Select(t => t.Attempt));
        Assert.Single(tries.Select(t => t.Id).Distinct());
    }

    [Fact]
    public async Task A_job_that_fails_outside_of_steps_goes_on_behind_its_last_step_and_stops_after_its_limit()
    {
        var effects = new Effects();
        var attempts = 0;
        var job = await shared.StartAsync(
            async context =>
            {
                attempts++;
                await context.StepAsync("one", call => effects.DoAsync(call, 1));
                throw new InvalidOperationException("Always");
            },
            submission => submission with { MaxAttempts = 3 }
        );
        for (var round = 1; round <= 4 && await engine.StateAsync(job) != "failed"; round++)
        {
            await engine.UntilTrueAsync(
                job,
                $"SELECT state IN ('waiting','failed') FROM job_runs WHERE job_id = '{job}'"
            );
            await engine.ShiftClockAsync("10 minutes");
            await engine.UntilTrueAsync(
                job,
                $"SELECT state = 'failed' OR attempt > {round} FROM job_runs WHERE job_id = '{job}'"
            );
        }
        await engine.UntilAsync(job, "failed");
        Assert.Equal([1], effects.Counts);
        // The first attempt got somewhere, so it does not count; three more did not.
        Assert.Equal(4, attempts);
        Assert.Equal(
            "InvalidOperationException",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recorded_failure_ends_the_job_at_once_and_a_persons_retry_takes_it_back(bool wrapped)
    {
        var attempts = 0;
        var mended = false;
        var job = await shared.StartAsync(
            async context =>
            {
                attempts++;
                try
                {
                    return await context.StepAsync(
                        "shaky",
                        _ => mended ? Task.FromResult(7) : throw new IOException("The line is down")
                    );
                }
                catch (StepFailedException failed) when (wrapped)
                {
                    throw new InvalidOperationException("The report is not possible", failed);
                }
            },
            submission => submission with { MaxAttempts = 1 }
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal(1, attempts);

        mended = true;
        await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(7, (await engine.OutputAsync(job)).GetInt32());
    }

    [Fact]
    public async Task A_final_failure_of_a_step_is_not_tried_again_by_its_job()
    {
        var attempts = 0;
        var job = await shared.StartAsync(async context =>
        {
            attempts++;
            return await context.StepAsync(
                "once",
                Task<int> (_) => throw new IOException("The line is down"),
                new() { NotIdempotent = true }
            );
        });
        await engine.UntilAsync(job, "failed");
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_branch_that_backs_off_shows_while_the_others_run()
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "both",
                [0, 1],
                2,
                async (item, branch, _) =>
                    item == 0
                        ? await branch.StepAsync(
                            "shaky",
                            call => call.Attempt == 1 ? throw new IOException("The line is down") : Task.FromResult(1)
                        )
                        : await branch.StepAsync(
                            "long",
                            async _ =>
                            {
                                await held.PassAsync(CancellationToken.None);
                                return 2;
                            }
                        )
            )
        );
        await engine.UntilTrueAsync(
            job,
            $"SELECT r.state = 'running' AND r.label = 'retrying' FROM job_runs r WHERE job_id = '{job}'"
        );
        await held.Reached;
        held.Open();
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("15 seconds");
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_job_that_kills_its_worker_ends_failed_with_its_story()
    {
        var starts = 0;
        var job = await shared.StartAsync(
            async (_, _) =>
            {
                Interlocked.Increment(ref starts);
                await new TaskCompletionSource().Task;
                return null;
            },
            submission => submission with { MaxAttempts = 2 }
        );
        await engine.UntilAsync(job, "running");
        await engine.LoseWorkerAsync(job);
        await engine.UntilTrueAsync(
            job,
            $"SELECT state = 'running' AND epoch = 2 FROM job_runs WHERE job_id = '{job}'"
        );
        await engine.LoseWorkerAsync(job);
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "tooManyAttempts",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'anomaly'")
        );
    }

    [Fact]
    public async Task A_timeout_ends_running_time_and_a_retry_has_it_anew()
    {
        var mended = false;
        var job = await shared.StartAsync(
            async (context, _) =>
                await context.StepAsync(
                    "long",
                    async call =>
                    {
                        if (!mended)
                            await Task.Delay(Timeout.Infinite, call.CancellationToken);
                        return 1;
                    }
                ),
            submission => submission with { TimeoutSeconds = 1 }
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "timed_out",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{job}'")
        );
        mended = true;
        Assert.Equal(CommandResult.Accepted, (await engine.Jobs.RetryAsync(job, EngineProcess.Ana, null, Now)).Result);
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_deadline_ends_a_parked_job_and_parked_time_does_not_count_for_the_timeout()
    {
        var patient = await shared.StartAsync(
            async context =>
            {
                await context.SleepAsync(TimeSpan.FromHours(5));
                return 1;
            },
            submission => submission with { TimeoutSeconds = 60 }
        );
        var late = await shared.StartAsync(
            async context =>
            {
                await context.WaitForSignalAsync<int>("never");
                return 1;
            },
            submission => submission with { DeadlineAt = DateTimeOffset.UtcNow.AddDays(2) }
        );
        await engine.UntilAsync(patient, "waiting");
        await engine.UntilAsync(late, "waiting");
        await engine.ShiftClockAsync("6 hours");
        await engine.UntilAsync(patient, "succeeded");
        Assert.Equal("waiting", await engine.StateAsync(late));
        await engine.ShiftClockAsync("30 days");
        await engine.UntilAsync(late, "failed");
        Assert.Equal(
            "timed_out",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{late}'")
        );
        Assert.Equal(0L, await engine.ScalarAsync<long>($"SELECT count(*) FROM waits WHERE job_id = '{late}'"));
    }

    [Fact]
    public async Task A_step_that_must_not_repeat_is_asked_about_after_each_cut()
    {
        var starts = 0;
        var cuts = new[] { new HoldPoint(), new HoldPoint() };
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(
                "pay",
                async _ =>
                {
                    var mine = Interlocked.Increment(ref starts);
                    if (mine <= cuts.Length)
                        await cuts[mine - 1].PassAsync();
                    return "paid";
                },
                new StepOptions { NotIdempotent = true }
            )
        );
        for (var round = 0; round < cuts.Length; round++)
        {
            await cuts[round].Reached;
            await engine.LoseWorkerAsync(job);
            await engine.UntilAsync(job, "waiting");
            Assert.Equal(round + 1, starts);
            var question = await engine.ScalarAsync<Guid>(
                $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
            );
            Assert.Equal(
                "outcomeUnknown",
                await engine.ScalarAsync<string>($"SELECT kind FROM approvals WHERE id = '{question}'")
            );
            var run = System.Text.Json.JsonSerializer.SerializeToElement("run");
            Assert.IsType<DecideOutcome.Decided>(
                await engine
                    .Get<ApprovalCommands>()
                    .DecideAsync(question, ApprovalDecision.Choose, 1, null, run, Deciders.Ana, Now)
            );
        }
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(3, starts);
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'anomaly' AND message LIKE '%did not ask for%'"
            )
        );
    }

    [Fact]
    public async Task Another_input_for_a_recorded_step_parks_loudly_even_where_the_code_catches_everything()
    {
        var input = 1;
        var job = await shared.StartAsync(async context =>
        {
            try
            {
                await context.StepAsync("work", input, (n, _) => Task.FromResult(n));
            }
            catch (Exception)
            {
                return "looked away";
            }
            await context.SleepAsync(TimeSpan.FromHours(1));
            return "done";
        });
        await engine.UntilAsync(job, "waiting");
        input = 2;
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilTrueAsync(job, $"SELECT r.label = 'needs_approval' FROM job_runs r WHERE job_id = '{job}'");
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'anomaly' AND data LIKE '%nonDeterminism%'"
            )
        );

        input = 1;
        var question = await engine.ScalarAsync<Guid>(
            $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(question, ApprovalDecision.Approve, 1, null, null, Deciders.Ana, Now);
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("done", (await engine.OutputAsync(job)).GetString());
    }

    [Theory]
    [InlineData(1024 * 1024 - 2, "succeeded", null)]
    [InlineData(1024 * 1024 - 1, "failed", "resultTooLarge")]
    public async Task A_result_is_kept_up_to_the_limit_and_refused_with_its_remedy_above(
        int characters,
        string end,
        string? outcome
    )
    {
        var job = await shared.StartAsync(async context =>
            (await context.StepAsync("large", _ => Task.FromResult(new string('x', characters)))).Length
        );
        await engine.UntilAsync(job, end);
        if (outcome is null)
            return;
        Assert.Equal(outcome, await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'"));
        Assert.Contains("workspace", await engine.LogAsync(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_too_long_fails_the_job_with_its_reason()
    {
        var job = await shared.StartAsync(async context =>
            await context.StepAsync(new string('k', 501), _ => Task.FromResult(1))
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "keyTooLong",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
        Assert.Throws<PermanentFailureException>(() => StepKey.Checked(new string('k', StepKey.MaxLength + 1)));
    }
}
