using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

/// <summary>Processes and servers die at random moments; nothing that was acknowledged is lost, nothing that was recorded runs again.</summary>
[Collection("one after the other")]
public sealed class KillLoopTests(PostgresFixture postgres)
{
    /// <summary>A job that five kills in a row meet before its first record is a poison job by the rules (a test of their own); here each has more tries than there are kills.</summary>
    private const string Patient = "hundred/20";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_kills_over_twenty_jobs_of_a_hundred_steps_lose_and_repeat_nothing()
    {
        const int Kills = 10;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        await using var world = new World();
        var settings = world.Settings();
        var acknowledged = new List<Guid>();
        var host = await HostProcess.StartAsync(settings);
        try
        {
            world.Look(host.ConnectionString);
            for (var i = 0; i < 20; i++)
                acknowledged.Add((await host.SubmitAsync(Patient, """{"steps":100,"stepMs":20}"""))!.Value);
            for (var kill = 1; kill <= Kills; kill++)
            {
                // Submissions go on until the process is gone; only what was acknowledged counts.
                var submitting = SubmitUntilDeathAsync(host, acknowledged);
                await Task.Delay(random.Next(50, 1500), Now);
                await host.KillAsync();
                await submitting;
                await host.DisposeAsync();
                host = await HostProcess.StartAsync(settings);
                world.Look(host.ConnectionString);
            }
            await world.UntilAsync(
                "SELECT bool_and(state IN ('succeeded','failed','cancelled')) FROM job_runs",
                seconds: 240
            );
            foreach (var job in acknowledged)
            {
                var state = await world.AskAsync<string>($"SELECT state FROM job_runs WHERE job_id = '{job}'");
                Assert.True(state == "succeeded", $"seed {seed}, {state}:\n{await world.StoryAsync(job)}");
            }
            Assert.Equal(
                20L,
                await world.AskAsync<long>(
                    "SELECT count(*) FROM job_results WHERE convert_from(output, 'UTF8') = '5050'"
                )
            );
            await world.CheckAsync(Kills);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_frozen_worker_that_wakes_up_writes_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var world = new World();
        world.Look(database.ConnectionString);
        var settings = world.Settings(database.ConnectionString, leaseSeconds: 3);
        await using var frozen = await HostProcess.StartAsync(settings);
        var job = (await frozen.SubmitAsync("hundred", """{"steps":40,"stepMs":50}"""))!.Value;
        await world.UntilAsync($"SELECT steps >= 5 FROM job_runs WHERE job_id = '{job}'");
        await frozen.FreezeAsync();
        await using var other = await HostProcess.StartAsync(settings);
        await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");
        var last = await world.AskAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'");
        await frozen.ThawAsync();
        // It answers and works again, so it had its chance to write.
        var next = await frozen.SubmitAsync("hundred", """{"steps":5,"stepMs":1}""");
        await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{next}'");
        Assert.Equal(last, await world.AskAsync<long>($"SELECT last_no FROM job_runs WHERE job_id = '{job}'"));
        Assert.Equal(40L, await world.AskAsync<long>($"SELECT count(*) FROM steps WHERE job_id = '{job}'"));
        Assert.Equal(2, await world.AskAsync<int>($"SELECT epoch FROM job_runs WHERE job_id = '{job}'"));
        Assert.Equal(
            1L,
            await world.AskAsync<long>($"SELECT count(*) FROM events WHERE job_id = '{job}' AND type = 'job.recovered'")
        );
    }

    [Fact]
    public async Task An_immediate_restart_of_PostgreSQL_fails_no_job()
    {
        await using var world = new World();
        await using var host = await HostProcess.StartAsync(world.Settings());
        world.Look(host.ConnectionString);
        var jobs = new List<Guid>();
        for (var i = 0; i < 6; i++)
            jobs.Add(
                (await host.SubmitAsync(i % 2 == 0 ? "hundred" : "reference", """{"steps":60,"stepMs":30}"""))!.Value
            );
        for (var round = 1; round <= 2; round++)
        {
            await world.UntilAsync($"SELECT sum(steps) >= {round * 30} FROM job_runs");
            var postmaster = int.Parse(
                (
                    await File.ReadAllLinesAsync(
                        Path.Combine(world.Folder, "data", "postgres", "cluster", "postmaster.pid"),
                        Now
                    )
                )[0],
                null
            );
            await HostProcess.SignalAsync("-QUIT", postmaster);
        }
        await world.UntilAsync(
            "SELECT count(*) >= 6 AND bool_and(state IN ('succeeded','failed','cancelled')) FROM job_runs",
            seconds: 180
        );
        foreach (var job in jobs)
            Assert.Equal(
                "succeeded",
                await world.AskAsync<string>($"SELECT state FROM job_runs WHERE job_id = '{job}'")
            );
        await world.CheckAsync(2);
    }

    private static async Task SubmitUntilDeathAsync(HostProcess host, List<Guid> acknowledged)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (await host.SubmitAsync(Patient, """{"steps":1,"stepMs":1}""") is { } job)
        {
            acknowledged.Add(job);
            await pace.WaitForNextTickAsync(Now);
        }
    }
}
