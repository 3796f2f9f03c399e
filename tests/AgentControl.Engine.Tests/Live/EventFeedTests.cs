using AgentControl.Engine.Live;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Live;

public sealed class EventFeedTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    [Fact]
    public async Task A_watcher_that_throws_harms_neither_the_job_nor_other_watchers()
    {
        var told = 0;
        using var broken = engine.Get<EventFeed>().Subscribe(_ => throw new InvalidOperationException("Broken"));
        using var sound = engine.Get<EventFeed>().Subscribe(_ => Interlocked.Increment(ref told));
        var job = await shared.StartAsync(async context =>
            await context.StepAsync("one", _ => Task.FromResult(1))
            + await context.StepAsync("two", _ => Task.FromResult(2))
        );
        await engine.UntilAsync(job, "succeeded", seconds: 30);
        Assert.True(told >= 3, $"Told {told} times");
    }
}
