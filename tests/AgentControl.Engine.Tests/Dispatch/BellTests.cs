using System.Text.Json;
using System.Threading.Channels;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AgentControl.Engine.Tests.Dispatch;

/// <summary>Bells of processes that do not answer them.</summary>
public sealed class BellTests(PostgresFixture postgres)
{
    private const string AllAnswered = "DELETE FROM hangfire.jobqueue";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_without_workers_rings_up_to_the_bound_and_again_when_others_have_answered()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var (time, bells) = (new FakeTimeProvider(), new HeardBells());
        await using var web = await StartAsync(database, "web", time, bells);
        for (var i = 0; i < 120; i++)
            await web.SubmitAsync("test", new { });
        for (var i = 0; i < 100; i++)
            await bells.NextAsync("default");

        // Nothing was answered, however old the count is.
        time.Advance(TimeSpan.FromSeconds(2));
        await web.SubmitAsync("test", new { });
        await web.SubmitAsync("test", new { }, j => j with { Queue = "review" });
        await bells.NextAsync("review");
        Assert.Equal(
            100L,
            await web.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue WHERE queue = 'default'")
        );

        await web.ExecuteAsync(AllAnswered);
        time.Advance(TimeSpan.FromSeconds(2));
        await web.SubmitAsync("test", new { });

        await bells.NextAsync("default");
    }

    [Fact]
    public async Task A_process_without_workers_rings_for_every_batch_as_many_bells_as_others_have_hands()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var (time, bells) = (new FakeTimeProvider(), new HeardBells());
        await using var web = await StartAsync(database, "web", time, bells);
        await web.Get<QueueSettings>().ChangeAsync("default", 3, null, EngineProcess.Ana, Now);
        var batch = new BatchSubmission(
            new JobSubmission { Agent = "test", Input = default },
            Enumerable.Repeat(JsonSerializer.SerializeToElement(new { }), 10).ToArray()
        );

        for (var round = 0; round < 3; round++)
        {
            await web.Jobs.SubmitBatchAsync(batch, EngineProcess.Ana, null, Now);
            for (var i = 0; i < 3; i++)
                await bells.NextAsync("default");
            Assert.Equal(3L, await web.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
            await web.ExecuteAsync(AllAnswered);
            time.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task A_process_with_workers_rings_for_queues_that_only_others_serve()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var bells = new HeardBells();
        await using var here = await StartAsync(database, "all", TimeProvider.System, bells);
        await using var there = await EngineProcess.StartAsync(
            database,
            [TestAgent.Of(_ => Task.FromResult<object?>(1))],
            new() { ["AgentControl:Role"] = "worker", ["AgentControl:Queues:elsewhere"] = "1" }
        );

        var job = await here.SubmitAsync("test", new { }, j => j with { Queue = "elsewhere" });

        await bells.NextAsync("elsewhere");
        await here.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task The_sweeper_adds_no_bells_to_those_that_lie_in_the_queue()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var bells = new HeardBells();
        await using var web = await StartAsync(database, "web", TimeProvider.System, bells);
        var dispatcher = web.Get<AgentControl.Engine.Dispatch.HangfireDispatcher>();

        for (var round = 0; round < 5; round++)
            dispatcher.RingAgain("default", 4);
        dispatcher.RingAgain("review", 1);
        await bells.NextAsync("review");

        Assert.Equal(4L, await web.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue WHERE queue = 'default'"));
    }

    private static Task<EngineProcess> StartAsync(
        TestDatabase database,
        string role,
        TimeProvider time,
        HeardBells bells
    ) =>
        EngineProcess.StartAsync(
            database,
            [TestAgent.Of(_ => Task.FromResult<object?>(1))],
            new() { ["AgentControl:Role"] = role },
            services =>
            {
                services.AddSingleton(time);
                services.AddSingleton<IBackgroundJobClientV2>(provider =>
                    bells.On(provider.GetRequiredService<JobStorage>())
                );
            }
        );

    /// <summary>Enqueues as always, and tells of each bell when it lies in the queue.</summary>
    private sealed class HeardBells : IBackgroundJobClientV2
    {
        private readonly Channel<string> heard = Channel.CreateUnbounded<string>();
        private BackgroundJobClient? client;

        public JobStorage Storage => client!.Storage;

        public HeardBells On(JobStorage storage)
        {
            client = new BackgroundJobClient(storage);
            return this;
        }

        /// <summary>Passes over bells of other queues.</summary>
        public async Task NextAsync(string queue)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Now);
            limit.CancelAfter(TimeSpan.FromSeconds(30));
            while (await heard.Reader.ReadAsync(limit.Token) != queue)
                continue;
        }

        public string Create(Job job, IState state, IDictionary<string, object> parameters) =>
            Tell(job, client!.Create(job, state, parameters));

        public string Create(Job job, IState state) => Tell(job, client!.Create(job, state));

        public bool ChangeState(string jobId, IState state, string expectedState) =>
            client!.ChangeState(jobId, state, expectedState);

        private string Tell(Job job, string id)
        {
            heard.Writer.TryWrite(job.Queue ?? "");
            return id;
        }
    }
}
