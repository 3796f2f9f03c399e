using AgentControl.Engine.Queues;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Workers;
using AgentControl.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Engine.Tests.Queues;

/// <summary>A queue's settings hold in every process, whichever took them.</summary>
public sealed class QueueSettingsTests(PostgresFixture postgres)
{
    private const string ExtraIsServed = "SELECT EXISTS (SELECT 1 FROM workers WHERE 'extra' = ANY(queues))";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_one_process_makes_is_served_and_shown_by_the_other_at_once()
    {
        // The worker's loops stand still: it looks only where it is told.
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(_ => Task.FromResult<object?>(1)),
            new FakeTimeProvider()
        );
        var job = await engine.Web.SubmitAsync("test", new { }, j => j with { Queue = "extra" });

        var errors = await engine.Web.Get<QueueSettings>().ChangeAsync("extra", 3, null, EngineProcess.Ana, Now);

        Assert.Empty(errors);
        await engine.Web.UntilAsync(job, "succeeded");
        await engine.Web.UntilTrueAsync(job, ExtraIsServed);
        var queue = (await engine.Web.Get<QueueQueries>().FindAsync("extra", Now))!;
        Assert.Equal((3, 1), (queue.Workers, queue.Processes));
        var worker = Assert.Single(
            await engine.Web.Get<WorkerQueries>().ListAsync(cancellationToken: Now),
            w => w.Role == "worker"
        );
        Assert.Contains("extra", worker.Queues);
        Assert.Equal(QueueOptions.Defaults.Values.Sum() + 3, worker.Slots);

        await engine.Web.Get<QueueSettings>().ChangeAsync("extra", 0, null, EngineProcess.Ana, Now);
        await engine.Web.UntilTrueAsync(job, $"SELECT NOT ({ExtraIsServed})");
    }

    [Fact]
    public async Task A_pause_holds_in_the_other_process_and_its_end_lets_the_jobs_go()
    {
        await using var engine = await SplitEngine.StartAsync(
            postgres,
            TestAgent.Of(_ => Task.FromResult<object?>(1)),
            new FakeTimeProvider()
        );
        var settings = engine.Web.Get<QueueSettings>();
        await settings.ChangeAsync("default", null, true, EngineProcess.Ana, Now);
        // What is stored next is heard next.
        await settings.ChangeAsync("extra", 1, null, EngineProcess.Ana, Now);
        var held = await engine.Web.SubmitAsync("test", new { });
        await engine.Web.UntilTrueAsync(held, ExtraIsServed);
        var other = await engine.Web.SubmitAsync("test", new { }, j => j with { Queue = "extra" });
        await engine.Web.UntilAsync(other, "succeeded");
        Assert.Equal("queued", await engine.Web.StateAsync(held));

        await settings.ChangeAsync("default", null, false, EngineProcess.Ana, Now);

        await engine.Web.UntilAsync(held, "succeeded");
    }

    [Fact]
    public async Task A_change_that_nobody_told_of_is_found()
    {
        await using var engine = await SplitEngine.StartAsync(postgres, TestAgent.Of(_ => Task.FromResult<object?>(1)));
        var job = await engine.Web.SubmitAsync("test", new { }, j => j with { Queue = "extra" });

        await engine.Web.ExecuteAsync("INSERT INTO queues (name, workers, paused) VALUES ('extra', 1, false)");

        await engine.Web.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_queue_that_only_configuration_knows_shows_its_workers()
    {
        await using var engine = await SplitEngine.StartAsync(postgres, TestAgent.Of(_ => Task.FromResult<object?>(1)));
        var job = await engine.Web.SubmitAsync("test", new { }, j => j with { Queue = "nobody" });
        await engine.Web.UntilTrueAsync(job, "SELECT EXISTS (SELECT 1 FROM workers WHERE 'extract' = ANY(queues))");
        var queues = (await engine.Web.Get<QueueQueries>().ListAsync(Now)).ToDictionary(q => q.Name);

        foreach (var (name, workers) in QueueOptions.Defaults)
            Assert.Equal((name, workers, 1), (name, queues[name].Workers, queues[name].Processes));
        Assert.Equal((0, 0, 1L), (queues["nobody"].Workers, queues["nobody"].Processes, queues["nobody"].Depth));
    }
}
