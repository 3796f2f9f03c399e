using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Queues;

/// <summary>While everything is held no job starts or resumes, in this process and in others; nothing is lost by it.</summary>
public sealed class HoldTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task HoldAsync(bool held) => engine.Get<QueueSettings>().HoldAsync(held, Deciders.Ana.Actor, Now);

    [Fact]
    public async Task Nothing_starts_or_resumes_until_it_is_released_and_running_jobs_go_on()
    {
        await using var other = await shared.StartAnotherAsync();
        var parked = await shared.StartAsync(async job =>
            (await job.RequestApprovalAsync(new ApprovalRequest { Title = "Go?" })).Decision
        );
        await engine.UntilAsync(parked, "waiting");
        var go = new TaskCompletionSource();
        var running = await shared.StartAsync(async _ =>
        {
            await go.Task;
            return 1;
        });
        await engine.UntilAsync(running, "running");

        await HoldAsync(true);
        Assert.True((await engine.Get<QueueQueries>().HoldAsync(Now)).Held);
        Assert.DoesNotContain(await engine.Get<QueueQueries>().ListAsync(Now), q => q.Name == "*");
        // The other process has heard of it: its own reading is told to whoever watches.
        await Until(() => other.Get<QueueHold>().IsHeld);
        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{parked}'");
        Assert.IsType<DecideOutcome.Decided>(
            await engine
                .Get<ApprovalCommands>()
                .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, Deciders.Named("Cleo"), Now)
        );
        var queued = await shared.StartAsync(_ => Task.FromResult<object?>(2));
        go.SetResult();
        await engine.UntilAsync(running, "succeeded");
        Assert.Equal(("queued", "queued"), (await engine.StateAsync(queued), await engine.StateAsync(parked)));

        await HoldAsync(false);
        await engine.UntilAsync(queued, "succeeded");
        await engine.UntilAsync(parked, "succeeded");
        await HoldAsync(false);
        Assert.Equal(
            "queues.held queues.released",
            await engine.ScalarAsync<string>(
                "SELECT string_agg(action, ' ' ORDER BY at) FROM audit_log WHERE target = 'queue:*'"
            )
        );
    }

    private static async Task Until(Func<bool> done)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!done())
            await Task.Delay(20, patience.Token);
    }
}
