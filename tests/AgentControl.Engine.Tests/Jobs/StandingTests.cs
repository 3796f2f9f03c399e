using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Jobs;

/// <summary>Why a job stands still, read from what holds it.</summary>
public sealed class StandingTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task<JobStanding?> ReadAsync(Guid job) => engine.Get<JobStandingQueries>().FindAsync(job, Now);

    [Fact]
    public async Task A_queued_job_knows_its_place_and_who_holds_its_queue()
    {
        var settings = engine.Get<QueueSettings>();
        await settings.ChangeAsync("review", null, true, EngineProcess.Ana, Now);
        var jobs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            jobs.Add(
                await shared.StartAsync(
                    _ => Task.FromResult<object?>(i),
                    j => j with { Queue = "review", TtlSeconds = 3600 }
                )
            );
        var urgent = await shared.StartAsync(
            _ => Task.FromResult<object?>(9),
            j => j with { Queue = "review", Priority = 2 }
        );

        var places = new List<int>();
        foreach (var job in jobs.Append(urgent))
            places.Add((await ReadAsync(job))!.Queue!.Before);
        Assert.Equal([1, 2, 3, 0], places);
        var queue = (await ReadAsync(jobs[0]))!.Queue!;
        Assert.Equal(
            ("review", true, "Ana", true, 1),
            (queue.Name, queue.Paused, queue.ChangedBy, queue.ServesAgent, queue.Processes)
        );
        Assert.Equal(
            await engine.ScalarAsync<DateTime>(
                $"SELECT queued_at + interval '1 hour' FROM job_runs WHERE job_id = '{jobs[0]}'"
            ),
            (await ReadAsync(jobs[0]))!.GivenUpAt!.Value.UtcDateTime
        );

        await settings.ChangeAsync("review", null, false, EngineProcess.Ana, Now);
        foreach (var job in jobs.Append(urgent))
            await engine.UntilAsync(job, "succeeded");
        Assert.Null(await ReadAsync(urgent));
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_and_a_version_that_nobody_has_are_told_apart()
    {
        var unserved = await shared.StartAsync(_ => Task.FromResult<object?>(1), j => j with { Queue = "nobody" });
        Assert.Equal(0, (await ReadAsync(unserved))!.Queue!.Processes);
        Assert.False((await ReadAsync(unserved))!.Queue!.ServesAgent);

        await engine.Get<QueueSettings>().ChangeAsync("summarise", null, true, EngineProcess.Ana, Now);
        var old = await shared.StartAsync(_ => Task.FromResult<object?>(1), j => j with { Queue = "summarise" });
        await engine.ExecuteAsync($"UPDATE jobs SET agent_version = 'gone' WHERE id = '{old}'");
        var queue = (await ReadAsync(old))!.Queue!;
        Assert.Equal((1, false), (queue.Processes, queue.ServesAgent));
        await engine.Get<QueueSettings>().ChangeAsync("summarise", null, false, EngineProcess.Ana, Now);
    }

    [Fact]
    public async Task Each_open_wait_of_a_job_is_told_people_first()
    {
        var job = await shared.StartAsync(async context =>
        {
            await context.Parallel<string, string?>(
                "branches",
                new[] { "ask", "signal", "sleep" },
                3,
                async (what, branch, _) =>
                    what switch
                    {
                        "ask" => (
                            await branch.RequestApprovalAsync(
                                new ApprovalRequest
                                {
                                    Title = "Send 214 invoices",
                                    DecideWithin = TimeSpan.FromHours(2),
                                    OnExpire = ApprovalExpiry.Reject,
                                }
                            )
                        ).Decision.ToString(),
                        "signal" => (await branch.WaitForSignalAsync<string>("go", null)).Value,
                        _ => await SleepAsync(branch),
                    }
            );
            return null;
        });
        await engine.UntilAsync(job, "waiting");

        var standing = (await ReadAsync(job))!;

        Assert.Equal(["approval", "timer", "signal"], standing.Waits.Select(w => w.Kind));
        Assert.Equal(3, standing.WaitCount);
        var ask = standing.Waits[0];
        Assert.Equal(("Send 214 invoices", 0, 1, "reject"), (ask.Title, ask.Votes, ask.Required, ask.OnExpire));
        Assert.NotNull(ask.Until);
        Assert.NotNull(standing.Waits[1].Until);
        Assert.Equal(("go", null), (standing.Waits[2].Target, standing.Waits[2].Until));

        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        Assert.Null(await ReadAsync(job));
    }

    [Fact]
    public async Task A_parent_says_how_many_children_have_ended()
    {
        var input = shared.Input((_, _) => Task.FromResult<object?>(1));
        var parent = await shared.StartAsync(async context =>
        {
            await context.WhenChildrenFinish(
                await context.SpawnAsync("test", new object[] { input, input }, new SpawnOptions { Queue = "nobody" })
            );
            return null;
        });
        await engine.UntilAsync(parent, "waiting");

        var wait = Assert.Single((await ReadAsync(parent))!.Waits);
        Assert.Equal(("children", 0, 2), (wait.Kind, wait.Ended, wait.Total));
    }

    [Fact]
    public async Task A_step_under_way_is_what_a_pause_waits_for()
    {
        var hold = new HoldPoint();
        var job = await shared.StartAsync(
            async (context, _) =>
            {
                await context.StepAsync(
                    "match",
                    async call =>
                    {
                        await hold.PassAsync(call.CancellationToken);
                        return 1;
                    }
                );
                return await context.StepAsync("book", _ => Task.FromResult(2));
            }
        );
        await hold.Reached;
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM steps WHERE job_id = '{job}' AND state = 'running')"
        );
        Assert.Null(await ReadAsync(job));

        await engine.Jobs.PauseAsync(job, EngineProcess.Ana, null, Now);
        Assert.Equal("match", Assert.Single((await ReadAsync(job))!.Steps).Name);

        hold.Open();
        await engine.UntilAsync(job, "paused");
        Assert.Empty((await ReadAsync(job))!.Waits);
    }

    private static async Task<string> SleepAsync(IJobContext branch)
    {
        await branch.SleepAsync(TimeSpan.FromHours(1));
        return "slept";
    }
}
