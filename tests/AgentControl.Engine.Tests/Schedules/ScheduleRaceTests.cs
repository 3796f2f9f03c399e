using AgentControl.Core.Schedules;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Tests.Fixtures;
using Npgsql;

namespace AgentControl.Engine.Tests.Schedules;

/// <summary>One job for each due time, however many processes run and however they die; and one winner among people.</summary>
public sealed class ScheduleRaceTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_engines_that_race_start_one_job_for_each_due_time()
    {
        await using var world = new ScheduleWorld(shared);
        await using var other = await shared.StartAnotherAsync();
        await world.SaveAsync(
            world.Hourly() with
            {
                Overlap = OverlapRule.Allow.Word(),
                Missed = MissedRule.RunAll.Word(),
            }
        );
        for (var hour = 1; hour <= 3; hour++)
        {
            await world.ComeDueAsync();
            await Task.WhenAll(
                Enumerable.Range(0, 8).Select(i => TakeAsync(i % 2 == 0 ? world.Engine : other, world.Name))
            );
            var runs = await world.RunsAsync(hour);
            Assert.Equal(hour, runs.Count);
            Assert.Equal(hour, await world.JobsAsync());
        }
        Assert.All(await world.RunsAsync(3), r => Assert.Equal(RunWords.Started, r.Outcome));
    }

    [Fact]
    public async Task What_another_process_changed_is_heard_at_once()
    {
        await using var world = new ScheduleWorld(shared);
        await using var other = await shared.StartAnotherAsync("web");
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = world.Engine.Get<ScheduleChanges>().Subscribe(name => heard.TrySetResult(name));

        var saved = await other
            .Get<ScheduleCommands>()
            .SaveAsync(world.Name, null, world.Hourly(), ScheduleWorld.Ana, Now);

        Assert.Equal(new ScheduleOutcome.Saved(1, true), saved);
        await world.UntilAsync(_ => heard.Task.IsCompleted);
        Assert.Equal(world.Name, await heard.Task);
    }

    [Theory]
    [InlineData("schedules", "name", "UPDATE")]
    [InlineData("schedule_runs", "schedule", "INSERT")]
    public async Task A_death_between_the_job_and_the_next_due_time_neither_doubles_nor_loses(
        string table,
        string column,
        string what
    )
    {
        await using var world = new ScheduleWorld(shared);
        await world.SaveAsync(world.Hourly());
        // Whoever writes here loses its connection, as if its process had died.
        await world.Engine.ExecuteAsync(
            $"""
            CREATE FUNCTION die_{world.Name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
            CREATE TRIGGER die BEFORE {what} ON {table} FOR EACH ROW WHEN (NEW.{column} = '{world.Name}') EXECUTE FUNCTION die_{world.Name}();
            """
        );
        var due = await world.ComeDueUnheardAsync();
        for (var deaths = 0; deaths < 3; )
        {
            try
            {
                // Nothing happens while the engine's own loop is dying of it.
                await TakeAsync(world.Engine, world.Name);
            }
            catch (NpgsqlException)
            {
                deaths++;
            }
            Assert.Equal(0, await world.JobsAsync());
        }
        await world.Engine.ExecuteAsync($"DROP FUNCTION die_{world.Name}() CASCADE");

        await TakeAsync(world.Engine, world.Name);

        var run = Assert.Single(await world.RunsAsync(1));
        Assert.Equal((RunWords.Started, due, 1L), (run.Outcome, run.DueAt, await world.JobsAsync()));
        Assert.Equal(due.AddHours(1), (await world.FindAsync()).NextAt);
    }

    [Fact]
    public async Task A_due_time_that_has_its_job_gets_no_second_one()
    {
        await using var world = new ScheduleWorld(shared);
        await world.SaveAsync(world.Hourly());
        var due = await world.ComeDueAsync();
        await world.Engine.UntilAsync((await world.RunsAsync(1))[0].JobId!.Value, "succeeded");

        // As if the same due time came again, after a restored backup of the schedule or a clock that was set back.
        await world.Engine.ExecuteAsync(
            $"DELETE FROM schedule_runs WHERE schedule = '{world.Name}'; UPDATE schedules SET next_at = next_at - interval '1 hour' WHERE name = '{world.Name}'"
        );
        await TakeAsync(world.Engine, world.Name);

        Assert.Equal(due, Assert.Single(await world.RunsAsync(1)).DueAt);
        Assert.Equal(1, await world.JobsAsync());
    }

    [Fact]
    public async Task Of_those_who_save_at_once_one_wins_and_the_others_learn_its_version()
    {
        await using var world = new ScheduleWorld(shared);
        var made = await SaveTogetherAsync(world, 0);
        Assert.Single(made, o => o is ScheduleOutcome.Saved { Version: 1, IsNew: true });
        Assert.Equal(5, made.Count(o => o is ScheduleOutcome.Changed { Version: 1 }));

        var changed = await SaveTogetherAsync(world, 1);
        Assert.Single(changed, o => o is ScheduleOutcome.Saved { Version: 2, IsNew: false });
        Assert.Equal(5, changed.Count(o => o is ScheduleOutcome.Changed { Version: 2 }));

        Assert.IsType<ScheduleOutcome.Saved>(
            await world.Commands.SaveAsync(world.Name, null, world.Hourly(), ScheduleWorld.Ana, Now)
        );
        Assert.Equal(
            new ScheduleOutcome.Changed(0),
            await world.Commands.SaveAsync(world.Name + "x", 4, world.Hourly(), ScheduleWorld.Ana, Now)
        );
    }

    private static async Task<ScheduleOutcome[]> SaveTogetherAsync(ScheduleWorld world, int version) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ => world.Commands.SaveAsync(world.Name, version, world.Hourly(), ScheduleWorld.Ana, Now))
        );

    private static async Task TakeAsync(EngineProcess engine, string name)
    {
        await using var connection = await engine.Get<EnginePool>().OpenAsync(Now);
        await engine.Get<ScheduleRunner>().TakeDueAsync(connection, name, Now);
    }
}
