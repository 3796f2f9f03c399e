using System.Globalization;
using System.Net;
using AgentControl.Core.Agents;
using AgentControl.Core.Services;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Anomalies;

/// <summary>Failed calls: rate limits, time-outs and spikes of retries, each told once, whatever attempts and replays there are.</summary>
public sealed class TroubleTests(AnomalyEngine world) : IClassFixture<AnomalyEngine>
{
    private static readonly StepOptions _quick = new() { Service = SharedEngine.QuickService, Kind = "tool" };
    private readonly EngineProcess engine = world.Engine;

    private static ServiceException Answered(int status, TimeSpan? after = null) =>
        new(
            "no",
            new ServiceFault
            {
                Status = status,
                Message = ((HttpStatusCode)status).ToString(),
                RetryAfter = after,
            }
        );

    [Fact]
    public async Task A_rate_limit_is_told_once_though_the_job_parks_and_comes_back()
    {
        var calls = 0;
        var job = await world.StartAsync(async context =>
            await context.StepAsync(
                "ask",
                _ => ++calls < 3 ? throw Answered(429, TimeSpan.FromSeconds(1)) : Task.FromResult(calls),
                _quick
            )
        );
        await engine.UntilAsync(job, "succeeded");
        Assert.True(await engine.ScalarAsync<int>($"SELECT epoch FROM job_runs WHERE job_id = '{job}'") > 1);
        Assert.Equal("rateLimited", await world.KindsAsync(job));
        Assert.Equal("rateLimited|1|s|quick|ask#1", await world.SaysAsync(job, "cause amount unit service step"));
        await world.AssertCountedAsync(job);
    }

    [Fact]
    public async Task Three_retries_are_a_spike_and_two_are_none()
    {
        var calls = 0;
        Func<IJobContext, int, Task<object?>> code = async (context, fails) =>
        {
            calls = 0;
            return await context.StepAsync(
                "ask",
                _ => ++calls <= fails ? throw Answered(503) : Task.FromResult(calls),
                _quick
            );
        };
        var calm = await world.StartAsync(context => code(context, 2));
        await engine.UntilAsync(calm, "succeeded");
        var busy = await world.StartAsync(context => code(context, 3));
        await engine.UntilAsync(busy, "succeeded");
        // On a busy machine a call of half a second may also run out of time.
        Assert.DoesNotContain("retrySpike", await world.KindsAsync(calm), StringComparison.Ordinal);
        Assert.Single((await world.KindsAsync(busy)).Split(' '), "retrySpike");
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT bool_or(data::jsonb @> '{{\"kind\":\"retrySpike\",\"amount\":3,\"unit\":\"retries\",\"service\":\"quick\"}}') FROM events WHERE job_id = '{busy}' AND type = 'anomaly'"
            )
        );
    }

    [Fact]
    public async Task A_call_that_ran_out_of_time_is_told_once()
    {
        var calls = 0;
        var job = await world.StartAsync(
            async (context, _) =>
                await context.StepAsync(
                    "ask",
                    async call =>
                    {
                        if (++calls < 3)
                            await Task.Delay(Timeout.InfiniteTimeSpan, call.CancellationToken);
                        return calls;
                    },
                    _quick
                )
        );
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("timeout", await world.KindsAsync(job));
        var said = (await world.SaysAsync(job, "cause unit service amount")).Split('|');
        Assert.Equal(["timeout", "s", "quick"], said[..3]);
        // Half a second is the limit; how late a busy machine rings is its own affair.
        Assert.InRange(double.Parse(said[3], CultureInfo.InvariantCulture), 0.49, 30);
    }

    [Fact]
    public async Task A_job_that_ran_out_of_time_says_so()
    {
        var job = await world.StartAsync(
            async (context, _) =>
                await context.StepAsync(
                    "long",
                    async call =>
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, call.CancellationToken);
                        return 1;
                    },
                    new StepOptions { Timeout = TimeSpan.FromMinutes(1) }
                ),
            submission => submission with { TimeoutSeconds = 1 }
        );
        await engine.UntilAsync(job, "failed");
        Assert.Equal("timeout", await world.KindsAsync(job));
        Assert.Equal(
            "error",
            await engine.ScalarAsync<string>($"SELECT level FROM events WHERE job_id = '{job}' AND type = 'anomaly'")
        );
        await world.AssertCountedAsync(job);
    }
}
