using AgentControl.Core.Agents;
using AgentControl.Core.Schedules;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Schedules;

/// <summary>When jobs of schedules start, and when not.</summary>
public sealed class ScheduleTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_its_time_one_job_starts_for_the_one_who_defined_it()
    {
        await using var world = new ScheduleWorld(shared);
        var hourly = world.Hourly();
        await world.SaveAsync(
            hourly with
            {
                Job = hourly.Job with { Priority = 1, Tags = ["books"], TimeoutSeconds = 60 },
            }
        );
        var due = await world.ComeDueAsync();

        var run = Assert.Single(await world.RunsAsync(1));
        await world.Engine.UntilAsync(run.JobId!.Value, "succeeded");
        Assert.Equal((RunWords.Due, RunWords.Started, due), (run.Trigger, run.Outcome, run.DueAt));
        var job = (await world.Engine.Get<JobQueries>().SummaryAsync(run.JobId.Value, Now))!;
        Assert.Equal((world.Name, "Ana", 1, 60), (job.Schedule, job.SubmittedBy, job.Priority, job.TimeoutSeconds));
        Assert.Equal($"{world.Name} {due:yyyy-MM-dd HH:mm}", job.Name);
        Assert.Equal(["books"], job.Tags);
        var schedule = await world.FindAsync();
        Assert.Equal((due.AddHours(1), 1L), (schedule.NextAt, await world.JobsAsync()));
        Assert.Equal("completed", Assert.Single(schedule.Runs).Label);
    }

    [Fact]
    public async Task Skip_leaves_out_what_comes_due_while_a_run_goes_on()
    {
        await using var world = new ScheduleWorld(shared);
        var hold = new HoldPoint();
        await StartHeldAsync(world, OverlapRule.Skip, hold);

        await world.ComeDueAsync();
        var runs = await world.RunsAsync(2);
        hold.Open();

        Assert.Equal((RunWords.Skipped, RunWords.Overlap), (runs[1].Outcome, runs[1].Cause));
        Assert.Equal("The run before it had not ended.", runs[1].Reason);
        Assert.Equal((null, null, null), (runs[1].JobId, runs[1].State, runs[1].Label));
        await world.Engine.UntilAsync(runs[0].JobId!.Value, "succeeded");
        await world.ComeDueAsync();
        Assert.Equal(RunWords.Started, (await world.RunsAsync(3))[2].Outcome);
    }

    [Fact]
    public async Task Allow_starts_beside_it()
    {
        await using var world = new ScheduleWorld(shared);
        var hold = new HoldPoint();
        await StartHeldAsync(world, OverlapRule.Allow, hold);

        await world.ComeDueAsync();
        var runs = await world.RunsAsync(2);
        hold.Open();

        Assert.All(runs, r => Assert.Equal(RunWords.Started, r.Outcome));
        Assert.Equal(2, await world.JobsAsync());
    }

    [Fact]
    public async Task BufferOne_lets_one_wait_and_starts_it_when_the_run_has_ended()
    {
        await using var world = new ScheduleWorld(shared);
        var hold = new HoldPoint();
        await StartHeldAsync(world, OverlapRule.BufferOne, hold);

        await world.ComeDueAsync();
        Assert.Equal(RunWords.Waiting, (await world.RunsAsync(2))[1].Outcome);
        await world.ComeDueAsync();
        Assert.Equal(RunWords.Skipped, (await world.RunsAsync(3))[2].Outcome);
        Assert.Equal(1, await world.JobsAsync());

        hold.Open();
        var runs = await world.UntilAsync(all => all[1].Outcome == RunWords.Started);
        await world.Engine.UntilAsync(runs[1].JobId!.Value, "succeeded");
        Assert.Null(runs[1].Reason);
        Assert.Equal(2, await world.JobsAsync());
    }

    [Fact]
    public async Task CancelOther_cancels_the_run_and_the_newest_takes_its_place()
    {
        await using var world = new ScheduleWorld(shared);
        var first = true;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hourly = world.Hourly(async job =>
        {
            if (!first)
                return "done";
            first = false;
            held.SetResult();
            await job.WaitForSignalAsync<string>("never");
            return null;
        });
        await world.SaveAsync(hourly with { Overlap = OverlapRule.CancelOther.Word() });
        await world.ComeDueAsync();
        var old = (await world.RunsAsync(1))[0].JobId!.Value;
        await held.Task.WaitAsync(Now);

        await world.ComeDueAsync();

        await world.Engine.UntilAsync(old, "cancelled");
        var runs = await world.UntilAsync(all => all is [_, { Outcome: RunWords.Started }]);
        await world.Engine.UntilAsync(runs[1].JobId!.Value, "succeeded");
        Assert.Contains(
            $"a later run of schedule {world.Name} takes its place",
            await world.Engine.LogAsync(old),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("skip", 0, 5)]
    [InlineData("runOnce", 1, 4)]
    [InlineData("runAll", 5, 0)]
    public async Task After_a_downtime_the_missed_run_rule_decides(string rule, int runs, int left)
    {
        await using var world = new ScheduleWorld(shared);
        var hourly = world.Hourly();
        var first = await world.SaveAsync(hourly with { Missed = rule, Overlap = OverlapRule.Allow.Word() });
        await world.ComeDueAsync(TimeSpan.FromHours(4.5));

        var all = await world.RunsAsync(runs + (left > 0 ? 1 : 0));
        Assert.Equal(runs, all.Count(r => r is { Trigger: RunWords.CatchUp, Outcome: RunWords.Started }));
        Assert.Equal(left, all.Where(r => r.Cause == RunWords.Missed).Sum(r => r.Times));
        Assert.Equal(runs, await world.JobsAsync());
        Assert.Equal(first!.Value.AddHours(5), (await world.FindAsync()).NextAt);
    }

    [Fact]
    public async Task What_is_older_than_the_catch_up_window_is_never_run()
    {
        await using var world = new ScheduleWorld(shared);
        await world.SaveAsync(
            world.Hourly() with
            {
                Missed = "runAll",
                Overlap = OverlapRule.Allow.Word(),
                CatchUpSeconds = 2 * 3_600,
            }
        );
        await world.ComeDueAsync(TimeSpan.FromHours(9.5));

        var runs = await world.RunsAsync(3);
        Assert.Equal(2, runs.Count(r => r.Outcome == RunWords.Started));
        Assert.Contains("older than the catch-up window", runs[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paused_nothing_is_due_and_nothing_counts_as_missed()
    {
        await using var world = new ScheduleWorld(shared);
        var due = (await world.SaveAsync(world.Hourly()))!.Value;
        Assert.IsType<ScheduleOutcome.Done>(
            await world.Commands.PauseAsync(world.Name, "month end", ScheduleWorld.Ana, Now)
        );
        var paused = await world.FindAsync();
        Assert.Equal(
            (true, "Ana", "month end", null),
            (paused.Paused, paused.PausedBy, paused.PauseReason, paused.NextAt)
        );
        Assert.Empty(paused.NextRuns);

        await world.MoveToAsync(due.AddHours(3.5));
        await world.Commands.ResumeAsync(world.Name, ScheduleWorld.Ana, Now);
        Assert.Equal((due.AddHours(4), 0L), ((await world.FindAsync()).NextAt, await world.JobsAsync()));
        await world.ComeDueAsync();
        Assert.Equal(RunWords.Started, Assert.Single(await world.RunsAsync(1)).Outcome);
    }

    [Fact]
    public async Task A_pause_gives_up_the_run_that_waits()
    {
        await using var world = new ScheduleWorld(shared);
        var hold = new HoldPoint();
        await StartHeldAsync(world, OverlapRule.BufferOne, hold);
        await world.ComeDueAsync();
        await world.RunsAsync(2);

        await world.Commands.PauseAsync(world.Name, null, ScheduleWorld.Ana, Now);
        hold.Open();

        var runs = await world.RunsAsync(2);
        Assert.Equal((RunWords.Skipped, RunWords.Paused), (runs[1].Outcome, runs[1].Cause));
        await world.Engine.UntilAsync(runs[0].JobId!.Value, "succeeded");
        Assert.Equal(1, await world.JobsAsync());
    }

    [Fact]
    public async Task Between_start_and_end_alone_it_is_due()
    {
        await using var world = new ScheduleWorld(shared);
        var usual = (await world.SaveAsync(world.Hourly()))!.Value;
        var due = await world.SaveAsync(
            world.Hourly() with
            {
                StartAt = usual.AddHours(1.5),
                EndAt = usual.AddHours(2.5),
            }
        );
        Assert.Equal(usual.AddHours(2), due);
        Assert.Equal([usual.AddHours(2)], (await world.FindAsync()).NextRuns);

        await world.ComeDueAsync();
        await world.RunsAsync(1);
        Assert.Null((await world.FindAsync()).NextAt);
    }

    [Fact]
    public async Task A_change_that_leaves_its_times_alone_leaves_what_is_due_alone()
    {
        await using var world = new ScheduleWorld(shared);
        var hourly = world.Hourly();
        var due = await world.SaveAsync(hourly);
        // Due, and nobody has come to it yet.
        await world.Engine.ExecuteAsync(
            $"UPDATE schedules SET next_at = next_at - interval '1 day' WHERE name = '{world.Name}'"
        );
        await world.SaveAsync(hourly with { Description = "Closes the books" });
        Assert.Single(await world.RunsAsync(1), r => r.Outcome == RunWords.Started);

        // The hour that is due may be midnight itself.
        Assert.Equal(
            due!.Value.AddTicks(-1).Date.AddDays(1),
            (await world.SaveAsync(hourly with { Cron = "@daily" }))!.Value.Date
        );
        Assert.Equal(3, (await world.FindAsync()).Version);
    }

    [Fact]
    public async Task A_job_that_is_refused_is_told_and_the_next_due_time_comes_all_the_same()
    {
        await using var world = new ScheduleWorld(shared);
        await world.SaveAsync(world.Hourly());
        await world.Engine.ExecuteAsync($"UPDATE schedules SET agent = 'gone' WHERE name = '{world.Name}'");
        var due = await world.ComeDueAsync();

        var run = Assert.Single(await world.RunsAsync(1));
        Assert.Equal((RunWords.Failed, RunWords.Refused), (run.Outcome, run.Cause));
        Assert.StartsWith("agent: No agent is called 'gone'.", run.Reason, StringComparison.Ordinal);
        Assert.Equal(due.AddHours(1), (await world.FindAsync()).NextAt);
    }

    [Fact]
    public async Task Run_now_starts_beside_a_run_counts_as_one_and_is_safe_to_send_again()
    {
        await using var world = new ScheduleWorld(shared);
        var hold = new HoldPoint();
        await StartHeldAsync(world, OverlapRule.Skip, hold);
        var key = new IdempotencyKey("person:ana", "run", world.Name, []);

        var first = await world.Commands.RunAsync(world.Name, ScheduleWorld.Ana, key, Now);
        var again = await world.Commands.RunAsync(world.Name, ScheduleWorld.Ana, key, Now);

        var id = Assert.IsType<SubmitOutcome.Accepted>(first).Id;
        Assert.Equal(new SubmitOutcome.Accepted(id, true), again);
        var run = (await world.RunsAsync(2))[1];
        Assert.Equal((RunWords.Manual, "Ana", id), (run.Trigger, run.StartedBy, run.JobId));
        Assert.Equal(2, await world.JobsAsync());
        hold.Open();
        Assert.Null(await world.Commands.RunAsync("nobody", ScheduleWorld.Ana, null, Now));
    }

    [Fact]
    public async Task Deleted_its_jobs_stay_and_its_changes_stand_in_the_audit_log()
    {
        await using var world = new ScheduleWorld(shared);
        await world.SaveAsync(world.Hourly());
        await world.ComeDueAsync();
        await world.RunsAsync(1);
        Assert.IsType<ScheduleOutcome.Changed>(await world.Commands.DeleteAsync(world.Name, 7, ScheduleWorld.Ana, Now));
        Assert.IsType<ScheduleOutcome.Done>(await world.Commands.DeleteAsync(world.Name, 1, ScheduleWorld.Ana, Now));

        Assert.Null(await world.Engine.Get<ScheduleQueries>().FindAsync(world.Name, Now));
        Assert.Equal(1, await world.JobsAsync());
        Assert.Equal(
            "schedule.created schedule.deleted",
            await world.Engine.ScalarAsync<string>(
                $"SELECT string_agg(action, ' ' ORDER BY at) FROM audit_log WHERE target = 'schedule:{world.Name}'"
            )
        );
        Assert.IsType<ScheduleOutcome.NotFound>(
            await world.Commands.DeleteAsync(world.Name, null, ScheduleWorld.Ana, Now)
        );
    }

    private static async Task StartHeldAsync(ScheduleWorld world, OverlapRule rule, HoldPoint hold)
    {
        var hourly = world.Hourly(async _ =>
        {
            await hold.PassAsync();
            return "done";
        });
        await world.SaveAsync(hourly with { Overlap = rule.Word() });
        await world.ComeDueAsync();
        await world.RunsAsync(1);
        await hold.Reached;
    }
}
