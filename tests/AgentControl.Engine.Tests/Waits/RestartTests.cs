using AgentControl.Core.Agents;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Waits;

public sealed class RestartTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Parked_for_seven_days_through_two_restarts_it_goes_on_in_time()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var effects = new Effects();
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                await job.StepAsync("before", call => effects.DoAsync(call, 1));
                await job.SleepAsync(TimeSpan.FromMinutes(input.GetProperty("minutes").GetInt32()));
                return await job.StepAsync("after", call => effects.DoAsync(call, 2));
            }
        );
        Guid week;
        await using (var first = await EngineProcess.StartAsync(database, [agent]))
        {
            week = await first.SubmitAsync("test", new { minutes = 7 * 24 * 60 });
            await first.UntilAsync(week, "waiting");
        }
        await using (var second = await EngineProcess.StartAsync(database, [agent]))
        {
            var probe = await second.SubmitAsync("test", new { minutes = 60 });
            await second.UntilAsync(probe, "waiting");
            await second.ShiftClockAsync("6 days 23 hours");
            // The probe's timer has fired, so the timers were looked at; the week is not over yet.
            await second.UntilAsync(probe, "succeeded");
            Assert.Equal("waiting", await second.StateAsync(week));
        }
        await using var third = await EngineProcess.StartAsync(database, [agent]);
        Assert.Equal("waiting", await third.StateAsync(week));
        await third.ShiftClockAsync("61 minutes");
        await third.UntilAsync(week, "succeeded");
        Assert.All(effects.Counts, count => Assert.Equal(1, count));
        Assert.Equal(4, effects.Counts.Count);
    }

    [Fact]
    public async Task A_process_that_stops_hands_its_jobs_back_at_their_next_step()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var held = new HoldPoint();
        var effects = new Effects();
        var agent = TestAgent.Of(async job =>
        {
            await job.StepAsync(
                "first",
                async call =>
                {
                    await held.PassAsync();
                    return await effects.DoAsync(call, 1);
                }
            );
            return await job.StepAsync("second", call => effects.DoAsync(call, 2));
        });
        var first = await EngineProcess.StartAsync(database, [agent]);
        // Registered before the attempt is, so told after it.
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = first.Get<Stopping>().Linked(CancellationToken.None);
        await using var hears = stop.Token.Register(told.SetResult);
        var id = await first.SubmitAsync("test", new { });
        await held.Reached;
        var stopping = first.DisposeAsync();
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        held.Open();
        await stopping;
        Assert.Equal([1], effects.Counts);
        await using var second = await EngineProcess.StartAsync(database, [agent]);
        await second.UntilAsync(id, "succeeded");
        Assert.Equal([1, 1], effects.Counts);
        Assert.Equal(
            0L,
            await second.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{id}' AND type = 'job.recovered'"
            )
        );
        Assert.Equal(0, await second.ScalarAsync<int>($"SELECT strikes FROM job_runs WHERE job_id = '{id}'"));
    }
}
