using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Maintenance;

/// <summary>A process that has nothing to do leaves the database alone.</summary>
public sealed class IdleTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    [Fact]
    public async Task An_idle_process_asks_a_few_times_a_second()
    {
        var engine = shared.Engine;
        var before = await CommitsAsync(engine);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        var after = await CommitsAsync(engine);

        // Heartbeat, sweeper, timers and Hangfire's polling together; a loop that does not sleep makes thousands.
        Assert.InRange(after - before, 0, 300);
    }

    private static async Task<long> CommitsAsync(EngineProcess engine)
    {
        await engine.ExecuteAsync("SELECT pg_stat_force_next_flush()");
        return await engine.ScalarAsync<long>(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        );
    }
}
