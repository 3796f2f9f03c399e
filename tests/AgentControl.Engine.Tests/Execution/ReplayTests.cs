using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>A recorded step never runs again; what was cut off runs again under the same id.</summary>
public sealed class ReplayTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    [Fact]
    public async Task Killed_in_step_47_of_100_the_first_46_replay_and_47_runs()
    {
        var effects = new Effects();
        var ids = new string[101];
        var cut = new HoldPoint();
        var recovered = new List<bool>();
        var job = await shared.StartAsync(async context =>
        {
            recovered.Add(context.Recovered);
            var sum = 0;
            for (var i = 1; i <= 100; i++)
            {
                sum += await context.StepAsync(
                    "work",
                    async call =>
                    {
                        ids[i] = call.StepId;
                        await effects.DoAsync(call, i);
                        if (i == 47 && !context.Recovered)
                            await cut.PassAsync();
                        return i;
                    }
                );
            }
            return sum;
        });
        await cut.Reached;
        await engine.LoseWorkerAsync(job);
        await engine.UntilAsync(job, "succeeded");

        Assert.Equal([false, true], recovered);
        Assert.All(Enumerable.Range(1, 100), i => Assert.Equal(i == 47 ? 2 : 1, effects.Of(ids[i])));
        Assert.Equal(5050, (await engine.OutputAsync(job)).GetInt32());
        Assert.Equal(
            100L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}' AND state = 'completed'")
        );
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'job.recovered'"
            )
        );

        // The first worker comes back to life: what it says now is written nowhere.
        var last = await engine.ScalarAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'");
        cut.Open();
        var other = await shared.StartAsync(async context => await context.StepAsync("after", _ => Task.FromResult(1)));
        await engine.UntilAsync(other, "succeeded");
        Assert.Equal(last, await engine.ScalarAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'"));
        Assert.Equal(100L, await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}'"));
    }

    [Fact]
    public async Task A_caught_failure_takes_the_same_way_on_replay()
    {
        var runs = 0;
        var job = await shared.StartAsync(async context =>
        {
            string way;
            try
            {
                way = await context.StepAsync<string>(
                    "bad",
                    _ =>
                    {
                        runs++;
                        throw new PermanentFailureException("broken", "It is \u0000 broken");
                    }
                );
            }
            catch (StepFailedException problem)
            {
                way = problem.Failure.Type + " " + problem.Key;
            }
            await context.SleepAsync(TimeSpan.FromHours(1));
            return way;
        });
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(job, "succeeded");

        Assert.Equal(1, runs);
        Assert.Equal("broken bad#1", (await engine.OutputAsync(job)).GetString());
    }

    [Fact]
    public async Task Values_times_and_ids_repeat_on_replay()
    {
        var seen = new List<(Guid Id, DateTimeOffset Before, DateTimeOffset After, double Value)>();
        var job = await shared.StartAsync(async context =>
        {
            var id = context.NewGuid();
            var before = context.Now;
            var value = await context.StepAsync("roll", _ => Task.FromResult(Random.Shared.NextDouble()));
            seen.Add((id, before, context.Now, value));
            await context.SleepAsync(TimeSpan.FromHours(1));
            return value;
        });
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(job, "succeeded");

        Assert.Equal(2, seen.Count);
        Assert.Equal(seen[0], seen[1]);
    }

    [Fact]
    public async Task What_was_said_is_logged_once_however_often_the_code_runs()
    {
        var job = await shared.StartAsync(async context =>
        {
            context.Log("first words");
            await context.StepAsync("one", _ => Task.FromResult(1));
            context.Think("a thought");
            await context.SleepAsync(TimeSpan.FromHours(1));
            context.Observe("an observation");
            await context.Parallel(
                "items",
                new[] { 1, 2 },
                2,
                async (n, branch, _) =>
                {
                    await branch.StepAsync("item", _ => Task.FromResult(n));
                    await branch.ReportProgressAsync(n, 2, "items", $"last words of {n}");
                    return n;
                }
            );
            await context.SleepAsync(TimeSpan.FromHours(1));
            context.Log("the end");
            return null;
        });
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilTrueAsync(job, $"SELECT count(*) = 2 FROM steps WHERE job_id = '{job}' AND name = 'item'");
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(job, "succeeded");

        foreach (
            var words in new[]
            {
                "first words",
                "a thought",
                "an observation",
                "last words of 1",
                "last words of 2",
                "the end",
            }
        )
            Assert.Equal(
                1L,
                await engine.ScalarAsync<long>(
                    $"SELECT count(*) FROM events WHERE job_id = '{job}' AND message LIKE '%{words}%'"
                )
            );
    }

    [Fact]
    public async Task A_second_call_at_once_on_one_context_is_told_to_use_Parallel()
    {
        var held = new HoldPoint();
        var job = await shared.StartAsync(async context =>
        {
            var first = context.StepAsync(
                "first",
                async call =>
                {
                    await held.PassAsync(call.CancellationToken);
                    return 1;
                }
            );
            await held.Reached;
            var problem = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                context.StepAsync("second", _ => Task.FromResult(2))
            );
            held.Open();
            await first;
            return problem.Message;
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Contains("Parallel", (await engine.OutputAsync(job)).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_explicit_key_for_two_steps_is_refused_not_answered_differently_later()
    {
        var job = await shared.StartAsync(async context =>
        {
            var options = new StepOptions { Key = "same" };
            return await context.StepAsync("a", _ => Task.FromResult(1), options)
                + await context.StepAsync("a", _ => Task.FromResult(2), options);
        });
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "duplicateKey",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
    }

    [Fact]
    public async Task One_explicit_key_for_two_steps_is_refused_behind_a_crash_too()
    {
        var job = await shared.StartAsync(async context =>
        {
            var options = new StepOptions { Key = "same" };
            var first = await context.StepAsync("a", _ => Task.FromResult(1), options);
            if (!context.Recovered)
                await engine.LoseWorkerAsync(context.Job.Id, context.Job.Attempt);
            return first + await context.StepAsync("a", _ => Task.FromResult(2), options);
        });
        await engine.UntilAsync(job, "failed");
        Assert.Equal(
            "duplicateKey",
            await engine.ScalarAsync<string>($"SELECT outcome FROM job_runs WHERE job_id = '{job}'")
        );
    }

    [Fact]
    public async Task Version_asked_again_is_no_record_and_changes_neither_time_nor_words()
    {
        var times = new List<DateTimeOffset>();
        var job = await shared.StartAsync(async context =>
        {
            await context.VersionAsync("order", 2);
            await context.StepAsync("work", _ => Task.FromResult(1));
            context.Log("between");
            var version = await context.VersionAsync("order", 3);
            times.Add(context.Now);
            if (!context.Recovered)
                await engine.LoseWorkerAsync(context.Job.Id, context.Job.Attempt);
            await context.StepAsync("more", _ => Task.FromResult(1));
            return version;
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(2, (await engine.OutputAsync(job)).GetInt32());
        Assert.Equal(2, times.Count);
        Assert.Single(times.Distinct());
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND message = 'between'"
            )
        );
    }

    [Fact]
    public async Task What_was_said_before_a_step_that_is_tried_again_is_logged_once()
    {
        var job = await shared.StartAsync(async context =>
        {
            context.Log("before");
            return await context.StepAsync(
                "shaky",
                call => call.Attempt == 1 ? throw new IOException("The line is down") : Task.FromResult(call.Attempt)
            );
        });
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("15 seconds");
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}' AND message = 'before'")
        );
    }

    [Fact]
    public async Task Version_keeps_the_old_way_for_jobs_that_are_past_it_and_the_recorded_one_for_ever()
    {
        var deployed = false;
        var seen = new List<int>();
        Task<object?> Code(IJobContext context) => RunAsync(context);
        async Task<object?> RunAsync(IJobContext context)
        {
            var version = deployed ? await context.VersionAsync("order", 2) : 0;
            seen.Add(version);
            await context.StepAsync("work", _ => Task.FromResult(1));
            await context.SleepAsync(TimeSpan.FromHours(1));
            return version;
        }

        var old = await shared.StartAsync(Code);
        await engine.UntilAsync(old, "waiting");
        deployed = true;
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(old, "succeeded");
        Assert.Equal(0, (await engine.OutputAsync(old)).GetInt32());

        var young = await shared.StartAsync(Code);
        await engine.UntilAsync(young, "waiting");
        await engine.ShiftClockAsync("2 hours");
        await engine.UntilAsync(young, "succeeded");
        Assert.Equal(2, (await engine.OutputAsync(young)).GetInt32());
    }

    [Fact]
    public async Task Version_in_a_branch_asks_that_branch_alone()
    {
        var asked = false;
        var job = await shared.StartAsync(async context =>
            await context.Parallel(
                "docs",
                [0, 1],
                2,
                async (item, branch, _) =>
                {
                    if (item == 1)
                        await branch.StepAsync("other", _ => Task.FromResult(1));
                    await branch.SleepAsync(TimeSpan.FromHours(item + 1));
                    asked = true;
                    return await branch.VersionAsync("order", 2);
                }
            )
        );
        await engine.UntilAsync(job, "waiting");
        Assert.False(asked);
        await engine.ShiftClockAsync("90 minutes");
        await engine.UntilTrueAsync(
            job,
            $"SELECT state = 'waiting' AND attempt = 2 FROM job_runs WHERE job_id = '{job}'"
        );
        await engine.ShiftClockAsync("90 minutes");
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal([2, 2], (await engine.OutputAsync(job)).EnumerateArray().Select(v => v.GetInt32()));
    }
}
