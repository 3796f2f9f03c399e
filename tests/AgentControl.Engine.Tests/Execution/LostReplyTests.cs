using AgentControl.Core.Agents;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>The network swallows the replies of statements that were committed: records, leases, ends, journals.</summary>
public sealed class LostReplyTests(PostgresFixture postgres)
{
    private const int Jobs = 12;
    private const int Steps = 15;

    [Fact]
    public async Task Jobs_end_once_and_whole()
    {
        await using var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var thief = new ReplyThief(database.ConnectionString);
        // What is stolen is the engine's: the submissions of this test are through before.
        var submitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var agent = TestAgent.Of(
            async (_, job, _) =>
            {
                await submitted.Task;
                var sum = 0;
                for (var i = 0; i < Steps; i++)
                    sum += await job.StepAsync(
                        "step",
                        _ =>
                        {
                            if (i % 4 == 0)
                                thief.StealNext();
                            return Task.FromResult(1);
                        }
                    );
                return sum;
            }
        );
        await using var engine = await EngineProcess.StartAsync(
            database,
            [agent],
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:AgentControl"] = thief.ConnectionString + ";Maximum Pool Size=30",
                ["AgentControl:Lease:Seconds"] = "3",
            }
        );
        var jobs = new List<Guid>();
        for (var i = 0; i < Jobs; i++)
            jobs.Add(await engine.SubmitAsync("test", new { }));
        submitted.SetResult();

        await using var direct = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        foreach (var job in jobs)
            await UntilSucceededAsync(direct, job);

        Assert.True(thief.Stolen > Jobs, $"Only {thief.Stolen} replies were stolen.");
        await using var command = direct.CreateCommand(
            "SELECT count(*) FROM steps WHERE state = 'completed' AND generation = 0"
        );
        Assert.Equal((long)Jobs * Steps, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await new InvariantCheck(direct).RunAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The feed of the robbed process may miss lines: asks the database itself.</summary>
    private static async Task UntilSucceededAsync(Npgsql.NpgsqlDataSource database, Guid job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        await using var command = database.CreateCommand($"SELECT state FROM job_runs WHERE job_id = '{job}'");
        while (await command.ExecuteScalarAsync(limit.Token) is not "succeeded")
            await Task.Delay(100, limit.Token);
    }
}
