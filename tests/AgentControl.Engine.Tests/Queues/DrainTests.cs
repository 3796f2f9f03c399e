using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workers;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Queues;

/// <summary>A draining worker takes no more jobs, hands over those that it runs, and works again when it is told to.</summary>
public sealed class DrainTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Name => engine.Get<WorkerIdentity>().Name;

    private Task<string> WorkerOfAsync(Guid job) =>
        engine.ScalarAsync<string>($"SELECT worker FROM job_runs WHERE job_id = '{job}'");

    [Fact]
    public async Task Its_jobs_go_on_elsewhere_and_it_takes_none_until_it_is_told_to()
    {
        var commands = engine.Get<WorkerCommands>();
        var hold = new HoldPoint();
        var running = await shared.StartAsync(
            async (job, _) =>
            {
                await job.StepAsync(
                    "first",
                    async call =>
                    {
                        await hold.PassAsync(call.CancellationToken);
                        return 1;
                    }
                );
                return await job.StepAsync("second", _ => Task.FromResult(2));
            }
        );
        await hold.Reached;
        var parked = await shared.StartAsync(async job =>
            (await job.RequestApprovalAsync(new ApprovalRequest { Title = "Go?" })).Decision
        );
        await engine.UntilAsync(parked, "waiting");
        await using (var other = await shared.StartAnotherAsync())
        {
            Assert.Equal(WorkerResult.Done, await commands.DrainAsync(Name, true, EngineProcess.Ana, Now));
            hold.Open();
            await engine.UntilAsync(running, "succeeded");
            Assert.Equal(other.Get<WorkerIdentity>().Name, await WorkerOfAsync(running));
            Assert.Equal(
                1L,
                await engine.ScalarAsync<long>(
                    $"SELECT count(*) FROM events WHERE job_id = '{running}' AND type = 'step.completed' AND message LIKE 'first%'"
                )
            );

            var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{parked}'");
            await engine
                .Get<ApprovalCommands>()
                .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, Deciders.Named("Ben"), Now);
            await engine.UntilAsync(parked, "succeeded");
            Assert.Equal(other.Get<WorkerIdentity>().Name, await WorkerOfAsync(parked));
            var mine = (await engine.Get<WorkerQueries>().ListAsync(null, Now)).Single(w => w.Name == Name);
            Assert.Equal(("draining", 0), (mine.State, mine.Running));
            Assert.Equal(WorkerResult.Refused, await commands.ForgetAsync(Name, EngineProcess.Ana, Now));
        }

        // Alone now: nothing runs before it takes jobs again.
        var next = await shared.StartAsync(_ => Task.FromResult<object?>(3));
        Assert.Equal(WorkerResult.Done, await commands.DrainAsync(Name, false, EngineProcess.Ana, Now));
        await engine.UntilAsync(next, "succeeded");
        Assert.Equal(Name, await WorkerOfAsync(next));
        Assert.Equal(
            "worker.drained worker.resumed",
            await engine.ScalarAsync<string>(
                $"SELECT string_agg(action, ' ' ORDER BY at) FROM audit_log WHERE target = 'worker:{Name}'"
            )
        );
    }

    [Fact]
    public async Task Only_one_that_is_gone_is_forgotten_and_only_a_live_one_is_drained()
    {
        var commands = engine.Get<WorkerCommands>();
        await engine.ExecuteAsync(
            """
            INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat, stopped_at) VALUES
              ('lost', 'worker', '1', '{}', '{}', 1, ac_now(), ac_now() - interval '5 minutes', NULL), ('pages', 'web', '1', '{}', '{}', 0, ac_now(), ac_now() + interval '1 hour', NULL)
            """
        );

        Assert.Equal(WorkerResult.NotFound, await commands.DrainAsync("nobody", true, EngineProcess.Ana, Now));
        Assert.Equal(WorkerResult.Refused, await commands.DrainAsync("lost", true, EngineProcess.Ana, Now));
        Assert.Equal(WorkerResult.Refused, await commands.DrainAsync("pages", true, EngineProcess.Ana, Now));
        Assert.Equal(WorkerResult.Done, await commands.ForgetAsync("lost", EngineProcess.Ana, Now));
        Assert.Equal(WorkerResult.NotFound, await commands.ForgetAsync("lost", EngineProcess.Ana, Now));
    }
}
