using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>Providers that are down for long: pauses that grow, jobs that cost nothing meanwhile, and a return that crushes nobody.</summary>
public sealed class OutageTests(PostgresFixture postgres)
{
    private const int Jobs = 50;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pauses_double_up_to_thirty_seconds_and_stay_there()
    {
        const int Retries = 10;
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ("AgentControl:Services:anthropic:Retry:MaxRetries", "10"),
            ("AgentControl:Services:anthropic:Retry:BaseDelaySeconds", "0.5"),
            // Each pause parks, so that the test's clock decides and not the wall's.
            ("AgentControl:Services:anthropic:ParkAfterSeconds", "0.01")
        );
        world.Simulator.Faults.Add("unavailable");
        var job = await world.AskAsync("anthropic");
        for (var retry = 1; retry <= Retries; retry++)
        {
            await world.Engine.UntilTrueAsync(
                job,
                $"SELECT state = 'waiting' AND waiting_kind = 'retry' AND retries = {retry} FROM job_runs WHERE job_id = '{job}'"
            );
            Assert.Equal(retry, world.Simulator.Calls.Count);
            await world.Engine.ShiftClockAsync("40 seconds");
        }
        await world.Engine.UntilAsync(job, "failed");
        var delays = await world.DelaysAsync(job);
        double[] nominal = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30];
        Assert.Equal(nominal.Length, delays.Length);
        for (var i = 0; i < nominal.Length; i++)
            Assert.InRange(delays[i], nominal[i] * 0.8 - 1e-6, nominal[i] * 1.2 + 1e-6);
        Assert.True(delays.Zip(nominal, (d, n) => d / n).Distinct().Count() > 5, "The pauses are not spread.");
    }

    [Fact]
    public async Task Time_spent_in_earlier_attempts_counts_and_time_that_was_parked_does_not()
    {
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ("AgentControl:Services:anthropic:Retry:MaxRetries", "50"),
            ("AgentControl:Services:anthropic:Retry:BaseDelaySeconds", "60"),
            ("AgentControl:Services:anthropic:Retry:MaxDelaySeconds", "60"),
            ("AgentControl:Services:anthropic:FirstTokenTimeoutSeconds", "2"),
            ("AgentControl:Services:anthropic:StepTimeoutSeconds", "5")
        );
        world.Simulator.Faults.Add("silentFromTheStart");
        var job = await world.AskAsync("anthropic");
        for (var retry = 1; retry <= 2; retry++)
        {
            await world.Engine.UntilTrueAsync(
                job,
                $"SELECT state = 'waiting' AND retries = {retry} FROM job_runs WHERE job_id = '{job}'"
            );
            await world.Engine.ShiftClockAsync("10 minutes");
        }
        await world.Engine.UntilAsync(job, "failed");
        Assert.Contains(
            "The step was given up after 5 s.",
            (await world.ErrorAsync(job)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(3, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task Fifty_jobs_wait_for_two_dead_providers_without_a_worker_and_come_back_at_a_ramp()
    {
        (string, string)[] settings =
        [
            .. new[] { "anthropic", "openai" }.SelectMany(service =>
                new[]
                {
                    // Fewer calls than one job has tries: each circuit opens however late the other jobs come.
                    ($"AgentControl:Services:{service}:Circuit:MinimumCalls", "4"),
                    ($"AgentControl:Services:{service}:Retry:MaxRetries", "5"),
                }
            ),
        ];
        await using var world = await ModelWorld.StartAsync(
            postgres,
            [("AgentControl:Queues:default", "4"), .. settings]
        );
        world.Simulator.Faults.Add("overloaded");
        var jobs = new List<Guid>();
        for (var i = 0; i < Jobs; i++)
            jobs.Add(await world.AskAsync("both", $"Question {i}"));
        foreach (var job in jobs)
            await world.Engine.UntilTrueAsync(
                job,
                $"SELECT state = 'waiting' AND waiting_kind = 'service' FROM job_runs WHERE job_id = '{job}'"
            );
        Assert.Equal(0L, await world.Engine.ScalarAsync<long>("SELECT count(*) FROM job_runs WHERE state = 'running'"));
        var before = world.Simulator.Calls.Count;

        // Whoever needs no model does not notice.
        var plain = await world.RunAsync(
            async (job, _) => await job.StepAsync("plain", _ => Task.FromResult(1), new())
        );
        await world.Engine.UntilAsync(plain, "succeeded");
        Assert.Equal(before, world.Simulator.Calls.Count);

        // Still down: one call for each provider finds that out, and costs nobody a retry.
        await world.Engine.ShiftClockAsync("31 seconds");
        await world.Simulator.Calls.UntilAsync(before + 1, Now);
        await world.Engine.UntilTrueAsync(
            jobs[0],
            $"""
            SELECT (SELECT bool_and(state = 'open' AND until > ac_now()) FROM circuits)
               AND (SELECT count(*) = {Jobs} FROM job_runs WHERE state = 'waiting' AND waiting_kind = 'service')
               AND NOT EXISTS (SELECT 1 FROM waits WHERE due_at <= ac_now())
            """
        );
        var probes = world.Simulator.Calls.Count - before;
        Assert.InRange(probes, 1, 2);

        world.Simulator.Faults.Clear();
        world.Simulator.Calls.Clear();
        await world.Engine.ShiftClockAsync("31 seconds");
        foreach (var job in jobs)
            await world.Engine.UntilAsync(job, "succeeded", 180);
        var served = world.Simulator.Calls.All;
        Assert.Equal(Jobs, served.Count);
        foreach (var provider in served.GroupBy(c => c.Dialect))
            await AssertRampAsync(world, [.. provider]);
        Assert.Equal(
            Jobs,
            served.Select(c => c.Body.GetProperty("messages")[0].GetRawText()).Distinct(StringComparer.Ordinal).Count()
        );
        Assert.Empty(await new InvariantCheck(world.Engine.Database).RunAsync(Now));
    }

    [Fact]
    public async Task A_long_outage_uses_up_no_retries()
    {
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ("AgentControl:Services:anthropic:Circuit:MinimumCalls", "2")
        );
        world.Simulator.Faults.Add("unavailable");
        var job = await world.AskAsync("anthropic");
        // Two tries open the circuit; six probes find the provider down, more than there are retries.
        for (var probe = 0; probe <= 6; probe++)
        {
            await world.Simulator.Calls.UntilAsync(2 + probe, Now);
            await world.Engine.UntilTrueAsync(
                job,
                $"SELECT COALESCE(r.state = 'waiting' AND r.waiting_kind = 'service' AND r.waiting_until > ac_now() AND c.state = 'open' AND c.until > ac_now(), false) FROM job_runs r LEFT JOIN circuits c ON true WHERE job_id = '{job}'"
            );
            await world.Engine.ShiftClockAsync("31 seconds");
        }
        world.Simulator.Faults.Clear();
        await world.Engine.ShiftClockAsync("31 seconds");
        await world.Engine.UntilAsync(job, "succeeded");
        Assert.Equal("ask#1 completed anthropic", await world.StepsAsync(job));
    }

    /// <summary>The first finds the provider well; the rest come no earlier than the ramp lets them.</summary>
    private static async Task AssertRampAsync(ModelWorld world, Call[] calls)
    {
        for (var place = 1; place < calls.Length; place++)
        {
            var earliest = await world.Engine.ScalarAsync<double>($"SELECT ac_ramp({place}, 1, 2)");
            var after = (calls[place].At - calls[0].At).TotalSeconds;
            Assert.True(
                after > earliest - 0.15,
                $"Call {place} of {calls[0].Dialect} came {after:0.00} s after the first, before {earliest:0.00} s."
            );
        }
    }
}
