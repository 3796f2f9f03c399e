using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Anomalies;

/// <summary>What no running attempt can tell of itself: questions that nobody decides, workers that fall silent, code that no longer fits.</summary>
public sealed class SweptTests(AnomalyEngine world) : IClassFixture<AnomalyEngine>
{
    private readonly EngineProcess engine = world.Engine;

    private async Task<Guid> AskAsync(TimeSpan? within = null)
    {
        var job = await world.StartAsync(async context =>
            (
                await context.RequestApprovalAsync(new ApprovalRequest { Title = "Publish?", DecideWithin = within })
            ).Decision
        );
        await engine.UntilAsync(job, "waiting");
        return job;
    }

    private Task ToldAsync(Guid job) =>
        engine.UntilTrueAsync(job, $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'anomaly')");

    [Fact]
    public async Task A_question_that_nobody_decides_is_told_once_and_old_ones_of_an_upgrade_are_not()
    {
        var old = await AskAsync();
        await engine.ExecuteAsync($"UPDATE approvals SET remind_at = NULL WHERE job_id = '{old}'");
        var decided = await AskAsync();
        var urgent = await AskAsync(TimeSpan.FromMinutes(10));
        var job = await AskAsync();
        Assert.IsType<DecideOutcome.Decided>(
            await engine
                .Get<ApprovalCommands>()
                .DecideAsync(
                    await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{decided}'"),
                    ApprovalDecision.Approve,
                    1,
                    null,
                    null,
                    Deciders.Ana,
                    TestContext.Current.CancellationToken
                )
        );
        await engine.UntilAsync(decided, "succeeded");
        await engine.ShiftClockAsync("301 seconds");
        await ToldAsync(urgent);
        Assert.Equal("", await world.KindsAsync(job));
        await engine.ShiftClockAsync("300 seconds");
        await ToldAsync(job);
        await engine.ShiftClockAsync("3 hours");
        var last = await AskAsync();
        await engine.ShiftClockAsync("601 seconds");
        await ToldAsync(last);

        Assert.Equal("approvalOverdue", await world.KindsAsync(job));
        Assert.Equal(
            "waits|s|t|t|waiting",
            await engine.ScalarAsync<string>(
                $"""
                SELECT concat_ws('|', e.data::jsonb ->> 'cause', e.data::jsonb ->> 'unit', (e.data::jsonb ->> 'amount')::float8 BETWEEN 600 AND 700,
                  (e.data::jsonb ->> 'since')::timestamptz = a.requested_at, r.state)
                FROM events e JOIN approvals a USING (job_id) JOIN job_runs r USING (job_id) WHERE e.job_id = '{job}' AND e.type = 'anomaly'
                """
            )
        );
        await world.AssertCountedAsync(job);
        Assert.Equal("", await world.KindsAsync(decided));
        Assert.Equal("", await world.KindsAsync(old));
    }

    [Fact]
    public async Task A_worker_that_missed_a_beat_is_told_once_for_each_silence()
    {
        var hold = new HoldPoint();
        var job = await world.StartAsync(async context =>
            await context.StepAsync(
                "hold",
                async _ =>
                {
                    await hold.PassAsync();
                    return 1;
                },
                new StepOptions { Timeout = TimeSpan.FromMinutes(5) }
            )
        );
        await hold.Reached;
        // As if the last beat of fifteen seconds' lease had been eleven seconds ago.
        await SilentAsync(job, 1);
        for (var round = 0; round < 3; round++)
            await SweepAsync();
        Assert.Equal("stalled", await world.KindsAsync(job));
        Assert.StartsWith(
            "heartbeat|5|s|1",
            await world.SaysAsync(job, "cause usual unit amount"),
            StringComparison.Ordinal
        );
        // It was heard of again, and then no more.
        await engine.ExecuteAsync("UPDATE clock SET shift = shift + interval '12 seconds'");
        await SilentAsync(job, 2);
        hold.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("stalled stalled", await world.KindsAsync(job));
        await world.AssertCountedAsync(job);
    }

    private async Task SilentAsync(Guid job, int times)
    {
        using var changed = new SemaphoreSlim(0);
        using var watch = engine.Get<EventFeed>().Subscribe(job, _ => changed.Release());
        while ((await world.KindsAsync(job)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length < times)
        {
            await engine.ExecuteAsync(
                $"UPDATE job_runs SET lease_until = ac_now() + interval '4 seconds' WHERE job_id = '{job}' AND state = 'running'"
            );
            engine.Get<LeaseSweeper>().Ring();
            await changed.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A whole round of the sweeper: it takes up a job whose worker is gone.</summary>
    private async Task SweepAsync()
    {
        var hold = new HoldPoint();
        var job = await world.StartAsync(async context =>
            await context.StepAsync(
                "gone",
                async call =>
                {
                    if (call.Attempt == 1)
                        await hold.PassAsync();
                    return 1;
                }
            )
        );
        await hold.Reached;
        await engine.LoseWorkerAsync(job);
        hold.Open();
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task What_is_told_with_a_wait_is_counted()
    {
        var input = 1;
        var job = await world.StartAsync(async context =>
        {
            await context.StepAsync("work", input, (n, _) => Task.FromResult(n));
            await context.WaitForSignalAsync<int>("go");
            return 1;
        });
        await engine.UntilAsync(job, "waiting");
        input = 2;
        await engine.ExecuteAsync($"UPDATE job_runs SET state = 'queued', waiting_kind = NULL WHERE job_id = '{job}'");
        engine.Get<LeaseSweeper>().Ring();
        await ToldAsync(job);
        Assert.Equal("nonDeterminism", await world.KindsAsync(job));
        Assert.Equal("contradiction|work#1", await world.SaysAsync(job, "cause step"));
        await world.AssertCountedAsync(job);
    }
}
