using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

/// <summary>A step kills the process that runs it, between its effect and its record.</summary>
[Collection("one after the other")]
public sealed class DeadlyStepTests(PostgresFixture postgres)
{
    private const int Attempts = 3;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_that_must_not_repeat_waits_for_a_person_and_goes_on_with_the_answer()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        world.Look(database.ConnectionString);
        var host = await HostProcess.StartAsync(settings);
        try
        {
            var job = (await host.SubmitAsync("deadly", """{"once":true,"others":0}"""))!.Value;
            host = await LiveAgainAsync(world, host, settings);

            await world.UntilAsync(
                $"SELECT state = 'waiting' AND waiting_kind = 'approval' FROM job_runs WHERE job_id = '{job}'"
            );
            Assert.Equal(1, await world.EffectsAsync(job, "kill#1"));
            Assert.Equal(
                "outcomeUnknown Did 'kill' happen?",
                await world.AskAsync<string>(
                    $"SELECT kind || ' ' || title FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
                )
            );
            var question = await world.AskAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{job}'");
            await host.OrderAsync($"""answer {question} "it happened" """, "answered Decided");

            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");
            Assert.Equal(
                "\"it happened and after\"",
                await world.AskAsync<string>(
                    $"SELECT convert_from(output, 'UTF8') FROM job_results WHERE job_id = '{job}'"
                )
            );
            Assert.Equal(1, await world.EffectsAsync(job, "kill#1"));
            await world.CheckAsync(1);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_job_that_kills_its_process_each_time_ends_failed_with_its_story_and_takes_no_other_with_it()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        world.Look(database.ConnectionString);
        var host = await HostProcess.StartAsync(settings);
        try
        {
            var poison = (await host.SubmitAsync($"deadly/{Attempts}", """{"once":false,"others":2}"""))!.Value;
            var beside = (await host.SubmitAsync("hundred", """{"steps":50,"stepMs":20}"""))!.Value;
            for (var life = 1; life <= Attempts; life++)
                host = await LiveAgainAsync(world, host, settings);

            await world.UntilAsync($"SELECT state = 'failed' FROM job_runs WHERE job_id = '{poison}'");
            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{beside}'");
            Assert.Equal(Attempts, await world.EffectsAsync(poison, "kill#1"));
            Assert.Equal(
                $"tooManyAttempts at epoch {Attempts}",
                await world.AskAsync<string>(
                    $"SELECT outcome || ' at epoch ' || epoch FROM job_runs WHERE job_id = '{poison}'"
                )
            );
            var story = await world.AskAsync<string>(
                $"SELECT string_agg(type || ' ' || message, E'\\n' ORDER BY no) FROM events WHERE job_id = '{poison}'"
            );
            for (var life = 1; life <= Attempts; life++)
                Assert.Contains($"job.started Attempt {life} on ", story, StringComparison.Ordinal);
            Assert.Equal(Attempts, story.Split(" was lost").Length - 1);
            Assert.Contains(
                $"job.failed {Attempts} attempts in a row ended without a new recorded step",
                story.Split('\n')[^1],
                StringComparison.Ordinal
            );
            await world.CheckAsync(Attempts, cutOff: [$"{poison}|kill#1"]);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>Waits for the process to die of its job, and starts the next.</summary>
    private static async Task<HostProcess> LiveAgainAsync(
        World world,
        HostProcess host,
        Dictionary<string, string> settings
    )
    {
        await host.WaitForExitAsync(Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await host.DisposeAsync();
        await world.EndLeasesAsync();
        return await HostProcess.StartAsync(settings);
    }
}
