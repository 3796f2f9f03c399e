using AgentControl.Core.Agents;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Anomalies;

/// <summary>Work that goes round in a circle, is slower than usual, or stands still.</summary>
public sealed class PaceTests(AnomalyEngine world) : IClassFixture<AnomalyEngine>
{
    private readonly EngineProcess engine = world.Engine;

    private static Task<int> SearchAsync(IJobContext job, int input) =>
        job.StepAsync("search", input, (n, _) => Task.FromResult(n));

    [Fact]
    public async Task The_same_step_with_the_same_input_is_a_loop_that_no_replay_tells_again()
    {
        var hold = new HoldPoint();
        var job = await world.StartAsync(async context =>
        {
            for (var i = 0; i < 4; i++)
                await SearchAsync(context, 7);
            await context.StepAsync(
                "hold",
                async _ =>
                {
                    await hold.PassAsync();
                    return 1;
                }
            );
            return await SearchAsync(context, 7);
        });
        await hold.Reached;
        await engine.LoseWorkerAsync(job);
        hold.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("loop recovered", await world.KindsAsync(job));
        Assert.Equal(
            "sameInput|3|1|search#3",
            await engine.ScalarAsync<string>(
                $"SELECT concat_ws('|', data::jsonb ->> 'cause', data::jsonb ->> 'amount', data::jsonb ->> 'usual', data::jsonb ->> 'step') FROM events WHERE job_id = '{job}' AND data LIKE '%loop%' AND type = 'anomaly'"
            )
        );
        await world.AssertCountedAsync(job);
    }

    [Fact]
    public async Task What_a_replay_counted_makes_the_next_step_a_loop()
    {
        var job = await world.StartAsync(async context =>
        {
            await SearchAsync(context, 7);
            await SearchAsync(context, 7);
            await context.ContinueOnAsync("extract");
            return await SearchAsync(context, 7);
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("loop", await world.KindsAsync(job));
    }

    [Fact]
    public async Task Items_of_a_fan_out_polls_and_steps_without_an_input_are_no_loop()
    {
        var job = await world.StartAsync(async context =>
        {
            await context.Parallel("items", Enumerable.Range(0, 8).ToList(), 4, (_, own, _) => SearchAsync(own, 7));
            for (var i = 0; i < 5; i++)
                await context.StepAsync("step", _ => Task.FromResult("same"));
            for (var i = 0; i < 5; i++)
            {
                await context.StepAsync("poll", "id", (_, _) => Task.FromResult("pending"));
                await context.SleepAsync(TimeSpan.FromMilliseconds(1));
            }
            return 1;
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("", await world.KindsAsync(job));
    }

    [Fact]
    public async Task Observations_that_bring_nothing_new_are_told()
    {
        var job = await world.StartAsync(async context =>
        {
            for (var i = 0; i < 4; i++)
            {
                context.Observe("nothing found");
                await context.StepAsync("look", _ => Task.FromResult(i));
            }
            await context.SleepAsync(TimeSpan.FromMilliseconds(1));
            return 1;
        });
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("loop", await world.KindsAsync(job));
        Assert.Equal("sameObservation|3", await world.SaysAsync(job, "cause amount"));
    }

    [Fact]
    public async Task A_slow_step_is_told_while_it_runs_against_the_agents_own_history()
    {
        var hold = new HoldPoint();
        var job = await world.StartAsync(async context =>
        {
            for (var i = 0; i < 6; i++)
                await context.StepAsync("count", _ => Task.FromResult(i));
            return await context.StepAsync(
                "count",
                async _ =>
                {
                    await hold.PassAsync();
                    return 7;
                },
                new StepOptions { Timeout = TimeSpan.FromMinutes(1) }
            );
        });
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'anomaly')"
        );
        hold.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("slowStep", await world.KindsAsync(job));
        Assert.StartsWith("count#7|s|", await world.SaysAsync(job, "step unit amount usual"), StringComparison.Ordinal);
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT (data::jsonb ->> 'usual')::float8 < 0.5 AND (data::jsonb ->> 'since')::timestamptz < at FROM events WHERE job_id = '{job}' AND type = 'anomaly'"
            )
        );
    }

    [Fact]
    public async Task A_step_that_says_nothing_is_stalled_and_one_that_speaks_or_has_a_limit_is_not()
    {
        var (silent, others) = (new HoldPoint(), new HoldPoint());
        Func<HoldPoint, Func<StepCall, Task<int>>> body = hold =>
            async _ =>
            {
                await hold.PassAsync();
                return 1;
            };
        var limited = await world.StartAsync(async context =>
            await context.StepAsync(
                "alone-limited",
                body(others),
                new StepOptions { Timeout = TimeSpan.FromMinutes(5) }
            )
        );
        var serving = await world.StartAsync(async context =>
            await context.Parallel(
                "both",
                new[] { 0, 1 },
                2,
                (i, own, _) =>
                    i == 0
                        ? own.StepAsync("mute", body(others))
                        : own.StepAsync("limited", body(others), new StepOptions { Timeout = TimeSpan.FromMinutes(5) })
            )
        );
        var talking = await world.StartAsync(async context =>
            await context.StepAsync(
                "talking",
                async _ =>
                {
                    using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
                    while (!silent.IsOpen)
                    {
                        context.Log("still at it");
                        await beat.WaitForNextTickAsync();
                    }
                    return 1;
                }
            )
        );
        var job = await world.StartAsync(async context => await context.StepAsync("silent", body(silent)));
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'anomaly')"
        );
        // The talker's words pace the test: long enough for a second telling, if there were one.
        await engine.UntilTrueAsync(
            talking,
            $"SELECT count(*) >= 55 FROM events WHERE job_id = '{talking}' AND type = 'agent.log'"
        );
        silent.Open();
        await engine.UntilAsync(talking, "succeeded");
        others.Open();
        foreach (var one in new[] { job, limited, serving })
            await engine.UntilAsync(one, "succeeded");
        Assert.Equal("stalled", await world.KindsAsync(job));
        Assert.Equal("progress|silent#1|s", await world.SaysAsync(job, "cause step unit"));
        await world.AssertCountedAsync(job);
        foreach (var one in new[] { talking, limited, serving })
            Assert.Equal("", await world.KindsAsync(one));
    }
}
