using AgentControl.Core.Agents;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Dispatch;

/// <summary>Three researchers, two writers, one reviewer, never more, and that many.</summary>
public sealed class QueueTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    [Fact]
    public async Task Stages_overlap_up_to_their_workers_and_never_more()
    {
        // Each stage holds until as many of it run as it has workers, so that the limit is reached, and counts what runs.
        var stages = new Dictionary<string, Stage>
        {
            ["extract"] = new(3),
            ["summarise"] = new(2),
            ["review"] = new(1),
        };
        var input = shared.Input(
            async (job, _) =>
            {
                foreach (var (queue, stage) in stages)
                {
                    await job.ContinueOnAsync(queue);
                    await job.StepAsync(
                        queue,
                        async _ =>
                        {
                            await stage.RunAsync();
                            return queue;
                        }
                    );
                }
                return null;
            }
        );
        var parent = await shared.StartAsync(async context =>
            (
                await context.WhenChildrenFinish(
                    await context.SpawnAsync(
                        "test",
                        Enumerable.Repeat(input, 12).ToArray(),
                        new SpawnOptions { Queue = "extract" }
                    )
                )
            ).Succeeded
        );
        await engine.UntilAsync(parent, "succeeded", seconds: 300);

        Assert.Equal(12, (await engine.OutputAsync(parent)).GetInt32());
        foreach (var (queue, stage) in stages)
        {
            Assert.Equal((queue, stage.Workers), (queue, stage.Most));
            Assert.Equal(
                12L,
                await engine.ScalarAsync<long>(
                    $"SELECT count(*) FROM steps s JOIN jobs j ON j.id = s.job_id WHERE j.parent_id = '{parent}' AND s.name = '{queue}' AND s.state = 'completed'"
                )
            );
            Assert.True(await OverlapAsync(parent, queue) <= stage.Workers);
        }
    }

    /// <summary>The most attempts on a queue at one moment, from the log's times.</summary>
    private Task<long> OverlapAsync(Guid parent, string queue) =>
        engine.ScalarAsync<long>(
            $"""
            WITH spans AS (
              SELECT e.at AS since, (SELECT min(x.at) FROM events x WHERE x.job_id = e.job_id AND x.no > e.no AND x.type IN ('job.parked','job.succeeded')) AS until
                FROM events e JOIN jobs j ON j.id = e.job_id WHERE j.parent_id = '{parent}' AND e.type = 'job.started' AND e.data::json ->> 'queue' = '{queue}')
            SELECT COALESCE(max((SELECT count(*) FROM spans b WHERE b.since <= a.since AND b.until > a.since)), 0) FROM spans a
            """
        );

    private sealed class Stage(int workers)
    {
        private readonly TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock gate = new();
        private int running;

        public int Workers { get; } = workers;

        public int Most { get; private set; }

        public async Task RunAsync()
        {
            lock (gate)
            {
                Most = Math.Max(Most, ++running);
                if (running >= Workers)
                    full.TrySetResult();
            }
            await full.Task;
            lock (gate)
                running--;
        }
    }
}
