using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Children;
using AgentControl.Engine.Control;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Mcp;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Control;

/// <summary>What is decided in a process that runs no jobs reaches the one that does, whose polls are hours away.</summary>
public sealed class ControlTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signal_that_one_process_takes_resumes_the_job_in_the_other()
    {
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(async job => (await job.WaitForSignalAsync<int>("go")).Value)
        );
        var job = await engine.Web.SubmitAsync("test", new { });
        await engine.Web.UntilAsync(job, "waiting");

        await engine
            .Web.Get<SignalCommands>()
            .SendAsync(job, "go", JsonSerializer.SerializeToElement(7), EngineProcess.Ana, null, Now);

        await engine.Web.UntilAsync(job, "succeeded");
        Assert.Equal(7, (await engine.Web.OutputAsync(job)).GetInt32());
    }

    [Fact]
    public async Task Tools_that_one_process_accepts_are_told_to_those_who_watch_the_other()
    {
        await using var engine = await SplitEngine.StartAsync(postgres, Endless());
        var heard = new TaskCompletionSource<string>();
        using var watching = engine.Worker.Get<McpServerChanges>().Subscribe(server => heard.TrySetResult(server));

        await engine.Web.Get<McpPins>().AcceptAsync("tickets", [], EngineProcess.Ana, Now);

        Assert.Equal("tickets", await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), Now));
    }

    [Fact]
    public async Task Many_answers_at_once_wake_as_many_hands_as_there_are()
    {
        var together = new Meeting(4);
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(async job =>
            {
                await job.WaitForSignalAsync<int>("go");
                return await job.StepAsync("meet", async _ => await together.ArriveAsync());
            })
        );
        var jobs = new List<Guid>();
        for (var i = 0; i < 4; i++)
            jobs.Add(await engine.Web.SubmitAsync("test", new { }));
        foreach (var job in jobs)
            await engine.Web.UntilAsync(job, "waiting");

        var value = JsonSerializer.SerializeToElement(1);
        await Task.WhenAll(
            jobs.Select(job =>
                engine.Web.Get<SignalCommands>().SendAsync(job, "go", value, EngineProcess.Ana, null, Now)
            )
        );

        // None of them ends before all four run at one time.
        foreach (var job in jobs)
            await engine.Web.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_cancel_in_one_process_interrupts_the_step_that_runs_in_the_other()
    {
        await using var engine = await SplitEngine.StartAsync(postgres, Endless());
        var job = await engine.Web.SubmitAsync("test", new { });
        // The note of its start was the last record that the step's attempt makes by itself.
        await engine.Web.UntilTrueAsync(job, Started(job));

        await engine.Web.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);

        await engine.Web.UntilAsync(job, "cancelled");
    }

    [Fact]
    public async Task What_was_said_while_the_connection_was_lost_is_looked_up_afterwards()
    {
        await using var engine = await SplitEngine.StartAsync(postgres, Endless());
        var running = await engine.Web.SubmitAsync("test", new { });
        await engine.Web.UntilTrueAsync(running, Started(running));

        // As if the process that wrote this had died before it could tell anybody.
        await engine.Web.ExecuteAsync(
            $"UPDATE job_runs SET cancel_requested = true, requested_by = 'Ana' WHERE job_id = '{running}'"
        );
        await engine.Web.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                + "AND (query ILIKE 'LISTEN%' OR query LIKE '%pg_snapshot_xmin%')"
        );

        await engine.Web.UntilAsync(running, "cancelled");
    }

    [Fact]
    public async Task A_child_that_a_person_ends_elsewhere_wakes_its_parent_and_nobody_keeps_it_in_mind()
    {
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(
                async (input, job, _) =>
                    input.TryGetProperty("child", out JsonElement _)
                        ? null
                        : (
                            await job.WhenChildrenFinish(
                                await job.SpawnAsync(
                                    "test",
                                    new object[] { new { child = true } },
                                    new SpawnOptions { Queue = "nobody" }
                                )
                            )
                        ).Cancelled
            )
        );
        var parent = await engine.Web.SubmitAsync("test", new { });
        await engine.Web.UntilAsync(parent, "waiting");
        var child = await engine.Web.ScalarAsync<Guid>($"SELECT id FROM jobs WHERE parent_id = '{parent}'");

        await engine.Web.Jobs.CancelAsync(child, EngineProcess.Ana, null, Now);

        await engine.Web.UntilAsync(parent, "succeeded");
        Assert.Equal(1, (await engine.Web.OutputAsync(parent)).GetInt32());
        Assert.Equal(0, engine.Web.Get<ParentSignal>().Waiting);
    }

    [Fact]
    public void Orders_are_read_as_they_were_written_in_as_many_notifications_as_they_need()
    {
        var orders = Enumerable
            .Range(0, 500)
            .Select(_ => ControlText.Order(ControlText.Nudge, Guid.CreateVersion7().ToString("N")))
            .Prepend(ControlText.Order(ControlText.Resume, "3"))
            .ToArray();

        var texts = ControlText.Write("me", orders).ToArray();

        Assert.All(texts, text => Assert.InRange(text.Length, 1, 7_999));
        Assert.All(texts, text => Assert.Equal("me", ControlText.Read(text).Sender));
        Assert.Equal(
            orders,
            texts.SelectMany(t => ControlText.Read(t).Orders).Select(o => ControlText.Order(o.Word, o.Subject))
        );
    }

    private static AgentDefinition Endless() =>
        TestAgent.Of(async job =>
            await job.StepAsync(
                "endless",
                async call =>
                {
                    await Task.Delay(Timeout.Infinite, call.CancellationToken);
                    return 0;
                }
            )
        );

    private static string Started(Guid job) =>
        $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'step.started')";

    private sealed class Meeting(int guests)
    {
        private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int here;

        public async Task<int> ArriveAsync()
        {
            if (Interlocked.Increment(ref here) == guests)
                all.SetResult();
            await all.Task;
            return here;
        }
    }
}
