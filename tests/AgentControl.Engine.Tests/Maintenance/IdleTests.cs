using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Tests.Fixtures;
using Hangfire.PostgreSql;
using Npgsql;

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

    [Fact]
    public async Task Idle_hands_look_rarely_while_their_process_is_alone_and_often_beside_others()
    {
        var engine = shared.Engine;
        var storage = engine.Get<PostgreSqlStorageOptions>();
        await LookAroundAsync(engine);
        var alone = storage.QueuePollInterval;

        await engine.ExecuteAsync(
            """
            INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat)
            VALUES ('another', 'worker', '0', '{default}', '{}', 1, ac_now(), ac_now())
            """
        );
        await LookAroundAsync(engine);
        Assert.Equal(HandPace.BesideOthers, storage.QueuePollInterval);
        Assert.True(alone > HandPace.BesideOthers, $"Alone: {alone}");

        // It died without a word.
        await engine.ExecuteAsync(
            "UPDATE workers SET last_heartbeat = ac_now() - interval '1 hour' WHERE name = 'another'"
        );
        await LookAroundAsync(engine);
        Assert.Equal(alone, storage.QueuePollInterval);
    }

    [Fact]
    public async Task What_is_due_is_looked_up_and_not_asked_of_every_waiting_row()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var connection = await shared.Engine.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The test's tables are so small that reading them whole is cheaper.
        await using var plan = new NpgsqlCommand(
            $"SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; EXPLAIN (FORMAT JSON) SELECT 1 {SweptAnomalies.Overdue}",
            connection,
            transaction
        );
        Assert.Contains(
            "\"Index Cond\"",
            (string?)await plan.ExecuteScalarAsync(cancellationToken),
            StringComparison.Ordinal
        );
    }

    private static Task LookAroundAsync(EngineProcess engine) =>
        engine.Get<QueueGates>().ApplyAsync(TestContext.Current.CancellationToken);

    private static async Task<long> CommitsAsync(EngineProcess engine)
    {
        await engine.ExecuteAsync("SELECT pg_stat_force_next_flush()");
        return await engine.ScalarAsync<long>(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        );
    }
}
