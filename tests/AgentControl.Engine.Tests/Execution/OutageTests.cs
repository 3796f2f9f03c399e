using AgentControl.Core.Agents;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>The database goes away in the middle of a job: its code never hears of it, and it costs no attempt.</summary>
public sealed class OutageTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    [Fact]
    public async Task Connections_that_die_around_steps_waits_and_children_fail_nothing()
    {
        var caught = 0;
        var child = shared.Input(async (job, _) => await job.StepAsync("work", _ => Task.FromResult(1)));
        async Task CutAsync()
        {
            await using var pool = shared.OpenPool("cutter");
            await using var command = pool.CreateCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            );
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }

        var job = await shared.StartAsync(
            async context =>
            {
                try
                {
                    for (var i = 0; i < 5; i++)
                    {
                        await context.StepAsync(
                            "step",
                            async _ =>
                            {
                                await CutAsync();
                                return i;
                            }
                        );
                        await context.SleepAsync(TimeSpan.FromMilliseconds(1));
                    }
                    var group = await context.SpawnAsync("test", new[] { child, child });
                    return (await context.WhenChildrenFinish(group)).Succeeded;
                }
                catch (Exception)
                {
                    caught++;
                    throw;
                }
            },
            submission => submission with { MaxAttempts = 1 }
        );
        // The feed of this process may be cut as well: ask by hand.
        for (var round = 0; round < 120; round++)
        {
            try
            {
                await engine.UntilAsync(job, "succeeded", seconds: 120);
                break;
            }
            catch (Npgsql.NpgsqlException) when (round < 119)
            {
                // This test's own connection was among those that died.
            }
        }
        Assert.Equal(0, caught);
        Assert.Equal(2, (await engine.OutputAsync(job)).GetInt32());
        Assert.Equal(
            5L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM steps WHERE job_id = '{job}' AND name = 'step' AND state = 'completed'"
            )
        );
    }
}
