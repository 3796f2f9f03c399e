using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Execution;

public sealed class StepTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_job_of_steps_succeeds_with_journal_and_gapless_log()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await EngineProcess.StartAsync(
            database,
            [
                TestAgent.Of(async job =>
                {
                    var sum = 0;
                    for (var i = 1; i <= 10; i++)
                        sum += await job.StepAsync("add", _ => Task.FromResult(i));
                    return sum;
                }),
            ]
        );

        var id = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(id, "succeeded");

        Assert.Equal(55, (await engine.OutputAsync(id)).GetInt32());
        Assert.Equal(
            10L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{id}' AND state = 'completed'")
        );
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT count(*) = max(no) AND min(no) = 1 AND max(no) = (SELECT last_no FROM job_runs WHERE job_id = '{id}') FROM events WHERE job_id = '{id}'"
            )
        );
    }

    [Fact]
    public async Task One_of_ten_branches_waits_and_nine_finish()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await EngineProcess.StartAsync(
            database,
            [
                TestAgent.Of(async job =>
                    await job.Parallel(
                        "docs",
                        Enumerable.Range(0, 10).ToArray(),
                        2,
                        async (n, branch, _) =>
                        {
                            if (n == 0)
                                await branch.RequestApprovalAsync(new ApprovalRequest { Title = "Go on?" });
                            return await branch.StepAsync("work", _ => Task.FromResult(n));
                        }
                    )
                ),
            ]
        );

        var id = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(id, "waiting");
        Assert.Equal(
            9L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{id}' AND name = 'work'")
        );
        Assert.Equal(
            "needs_approval",
            await engine.ScalarAsync<string>($"SELECT r.label FROM job_runs r WHERE job_id = '{id}'")
        );

        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{id}'");
        var outcome = await engine
            .Get<ApprovalCommands>()
            .DecideAsync(
                approval,
                ApprovalDecision.Approve,
                1,
                null,
                null,
                Deciders.Ana,
                TestContext.Current.CancellationToken
            );
        Assert.IsType<DecideOutcome.Decided>(outcome);
        await engine.UntilAsync(id, "succeeded");
        Assert.Equal(
            10L,
            await engine.ScalarAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{id}' AND name = 'work'")
        );
    }
}
