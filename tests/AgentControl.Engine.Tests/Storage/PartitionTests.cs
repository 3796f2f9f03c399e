using AgentControl.Core.Agents;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Npgsql;

namespace AgentControl.Engine.Tests.Storage;

/// <summary>Journal and log keep a partition for each month, whatever the program was doing when the month began.</summary>
public sealed class PartitionTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_of_a_month_without_partition_move_into_it_at_the_next_start()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(
            database,
            [TestAgent.Of(WorkAsync)],
            // Its first round might come after the partitions are gone.
            services: s => s.Remove(s.Single(d => d.ImplementationFactory is Func<IServiceProvider, PartitionKeeper>))
        );
        var month = await engine.ScalarAsync<string>("SELECT to_char(ac_now() AT TIME ZONE 'UTC', 'YYYYMM')");
        await engine.ExecuteAsync($"DROP TABLE steps_{month}; DROP TABLE events_{month}");
        var job = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(job, "succeeded");
        var log = await engine.LogAsync(job);
        Assert.True(await engine.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM events_rest)"));

        await engine.Get<DatabaseMigrator>().MigrateAsync(Now);

        Assert.Equal(log, await engine.LogAsync(job));
        Assert.Equal(3, await engine.ScalarAsync<long>($"SELECT count(*) FROM steps_{month} WHERE job_id = '{job}'"));
        Assert.False(
            await engine.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM steps_rest) OR EXISTS (SELECT FROM events_rest)")
        );
        Assert.Empty(await new InvariantCheck(engine.Database).RunAsync(Now));
        await engine.UntilAsync(await engine.SubmitAsync("test", new { }), "succeeded");
        foreach (var change in new[] { "DELETE FROM events", $"UPDATE events_{month} SET message = ''" })
            Assert.Equal(
                PostgresErrorCodes.RestrictViolation,
                (await Assert.ThrowsAsync<PostgresException>(() => engine.ExecuteAsync(change))).SqlState
            );
    }

    [Fact]
    public async Task Months_that_have_passed_meanwhile_get_their_partitions_too()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(Now);
        await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO events (job_id, no, at, type, level, message)
            SELECT ac_uuid_floor(date_trunc('month', now(), 'UTC') + make_interval(months => m, secs => s)), 1, now(), 'agent.log', 'info', ''
              FROM generate_series(3, 6) m, (VALUES (0.0), (1e6)) v(s);
            UPDATE clock SET shift = (date_trunc('month', now(), 'UTC') + interval '5 months 3 days') - now()
            """
        );

        Assert.Equal(0, await Partitions.MakeAsync(connection, Now));

        Assert.Equal(8, await Sql.ScalarAsync<long>(connection, "SELECT count(*) FROM events"));
        Assert.Equal(0, await Sql.ScalarAsync<long>(connection, "SELECT count(*) FROM events_rest"));
        Assert.Equal(0, await Sql.ScalarAsync<long>(connection, "SELECT count(*) FROM ac_missing_partitions(2)"));
    }

    [Fact]
    public async Task A_program_that_runs_on_makes_the_coming_months_itself()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, []);

        await engine.ShiftClockAsync("5 months");
        engine.Get<PartitionKeeper>().Ring();

        await engine.UntilTrueAsync(Guid.NewGuid(), "SELECT count(*) = 0 FROM ac_missing_partitions(2)");
        await engine.UntilTrueAsync(
            Guid.NewGuid(),
            "SELECT to_regclass('events' || to_char((now() + interval '5 months') AT TIME ZONE 'UTC', '_YYYYMM')) IS NOT NULL"
        );
    }

    [Fact]
    public async Task A_long_read_stops_no_start_and_no_writer()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [TestAgent.Of(WorkAsync)]);
        await using var reading = await engine.Database.OpenConnectionAsync(Now);
        await using var snapshot = await reading.BeginTransactionAsync(Now);
        await Sql.ScalarAsync<long>(reading, "SELECT count(*) FROM events");
        await engine.ExecuteAsync("UPDATE clock SET shift = interval '1 month'");
        await using var other = await engine.Database.OpenConnectionAsync(Now);

        Assert.Equal(1, await Partitions.MakeAsync(other, Now));
        await engine.Get<DatabaseMigrator>().MigrateAsync(Now);
        await engine.UntilAsync(await engine.SubmitAsync("test", new { }), "succeeded");

        await snapshot.RollbackAsync(Now);
        Assert.Equal(0, await Partitions.MakeAsync(other, Now));
    }

    private static async Task<object?> WorkAsync(IJobContext context)
    {
        for (var i = 0; i < 3; i++)
            await context.StepAsync("work", _ => Task.FromResult(i));
        return null;
    }
}
