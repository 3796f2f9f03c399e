using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Signals;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;

namespace AgentControl.Engine.Tests.Execution;

/// <summary>A worker that was written off comes back in the middle of its job while another one runs it: it writes nothing anywhere.</summary>
public sealed class ZombieTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    /// <summary>Everything that a job can leave behind, and its log line by line.</summary>
    private const string Traces = """
        SELECT 'file ' || path || ' ' || version FROM workspace_file_versions WHERE job_id = '{0}'
        UNION ALL SELECT 'note ' || name || ' ' || version FROM agent_note_versions WHERE job_id = '{0}'
        UNION ALL SELECT 'comment ' || body FROM workspace_comments WHERE job_id = '{0}'
        UNION ALL SELECT 'activity ' || kind || ' ' || text FROM workspace_activity WHERE job_id = '{0}' AND kind NOT LIKE 'job.%'
        UNION ALL SELECT 'checkpoint ' || key || ' ' || version FROM checkpoints WHERE job_id = '{0}'
        UNION ALL SELECT 'approval ' || title FROM approvals WHERE job_id = '{0}'
        UNION ALL SELECT 'child ' || name FROM jobs WHERE parent_id = '{0}' OR continued_from = '{0}'
        UNION ALL SELECT 'group ' || key FROM child_groups WHERE parent_id = '{0}'
        UNION ALL SELECT 'wait ' || key FROM waits WHERE job_id = '{0}'
        UNION ALL SELECT 'signal ' || name || ' ' || COALESCE(taken_by, 'lies there') FROM signals WHERE job_id = '{0}'
        UNION ALL SELECT 'step ' || key || ' ' || state FROM steps WHERE job_id = '{0}'
        UNION ALL SELECT 'result' FROM job_results WHERE job_id = '{0}'
        UNION ALL SELECT 'event ' || no || ' ' || type || ' ' || message FROM events WHERE job_id = '{0}'
        UNION ALL SELECT 'run ' || state || ' epoch ' || epoch || ' in ' || queue || ' wakes ' || wakes || ' at ' || COALESCE(progress_stage, '-')
          || ' strikes ' || strikes || ' no ' || last_no FROM job_runs WHERE job_id = '{0}'
        """;

    private static readonly Dictionary<string, Func<IJobContext, Task>> Calls = new()
    {
        ["file"] = job => job.Workspace.WriteTextAsync($"jobs/{job.Job.Id}/zombie.txt", "brains"),
        ["comment"] = job => job.Workspace.CommentAsync("brains"),
        ["note"] = job => job.Notes.WriteAsync("zombies/brains", "brains"),
        ["stash"] = job => job.StashAsync("brains", 1),
        ["progress"] = async job =>
        {
            // Progress and log lines travel with the next record or, as here, with the end.
            await job.ReportProgressAsync(1, 2, "brains");
            job.Log("brains");
        },
        ["approval"] = job => job.RequestApprovalAsync(new ApprovalRequest { Title = "Brains?" }),
        ["spawn"] = job => job.SpawnAsync("test", new[] { new CodeInput("none") }),
        ["handover"] = job => job.ContinueOnAsync("review"),
        ["successor"] = job => job.ContinueAsNewAsync(new CodeInput("none")),
        ["signal"] = job => job.WaitForSignalAsync<int>("lies there"),
        ["sleep"] = job => job.SleepAsync(TimeSpan.FromDays(1)),
        ["step"] = job => job.StepAsync("brains", _ => Task.FromResult(1)),
        ["once"] = job => job.StepAsync("brains", _ => Task.FromResult(1), new StepOptions { NotIdempotent = true }),
        ["end"] = _ => Task.CompletedTask,
        ["failure"] = _ => throw new InvalidOperationException("brains"),
    };

    private readonly EngineProcess engine = shared.Engine;

    public static TheoryData<string> Names => new(Calls.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Nothing_of_the_old_epoch_appears(string call)
    {
        HoldPoint before = new(),
            after = new();
        var ended = new TaskCompletionSource<Exception?>();
        var job = await shared.StartAsync(async context =>
        {
            if (context.Recovered)
            {
                await after.PassAsync();
                return "the new one";
            }
            await before.PassAsync();
            try
            {
                await Calls[call](context);
                ended.SetResult(null);
            }
            catch (Exception problem)
            {
                ended.SetResult(problem);
                throw;
            }
            return "the zombie";
        });
        try
        {
            await before.Reached;
            await engine.LoseWorkerAsync(job);
            await after.Reached;
            await engine
                .Get<SignalCommands>()
                .SendAsync(
                    job,
                    "lies there",
                    JsonSerializer.SerializeToElement(1),
                    EngineProcess.Ana,
                    null,
                    TestContext.Current.CancellationToken
                );
            var traces = await TracesAsync(job);

            before.Open();
            var problem = await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            // The engine's own calls are refused at once, by the fence or, where a heartbeat met it first, by the attempt's
            // token; what only rides along is refused with the code's end.
            if (call is not ("progress" or "end" or "failure"))
                Assert.True(problem is LeaseLostException or OperationCanceledException, $"It ended with: {problem}");
            await UntilHandsAreFreeAsync();

            Assert.Equal(traces, await TracesAsync(job));
        }
        finally
        {
            // A hand that stays held would be missing in the other tests.
            before.Open();
            after.Open();
        }
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("the new one", (await engine.OutputAsync(job)).GetString());
        Assert.Empty(await engine.Get<InvariantCheck>().RunAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>It has nothing to write and waits for its token, in the process that has its job again already.</summary>
    [Fact]
    public async Task One_that_only_listens_hears_that_its_lease_is_lost_and_frees_its_hand()
    {
        var heard = new TaskCompletionSource();
        var held = new HoldPoint();
        var job = await shared.StartAsync(
            async (context, lost) =>
            {
                if (context.Recovered)
                {
                    await held.PassAsync(lost);
                    return "the new one";
                }
                await engine.LoseWorkerAsync(context.Job.Id, context.Job.Attempt);
                await held.Reached;
                await Task.Delay(Timeout.Infinite, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                heard.SetResult();
                return "the zombie";
            }
        );
        try
        {
            await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            held.Open();
        }
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal("the new one", (await engine.OutputAsync(job)).GetString());
        await UntilHandsAreFreeAsync(hands: 4);
    }

    /// <summary>The zombie's end was refused when its hand takes the next job of the lane: four jobs at once need three other hands and this one.</summary>
    private async Task UntilHandsAreFreeAsync(int hands = 3)
    {
        var running = 0;
        var all = new TaskCompletionSource();
        var jobs = new List<Guid>();
        for (var i = 0; i < hands; i++)
            jobs.Add(
                await shared.StartAsync(async _ =>
                {
                    if (Interlocked.Increment(ref running) == hands)
                        all.SetResult();
                    await all.Task;
                    return null;
                })
            );
        foreach (var other in jobs)
            await engine.UntilAsync(other, "succeeded");
    }

    private async Task<string> TracesAsync(Guid job) =>
        await engine.ScalarAsync<string>(
            $"SELECT string_agg(line, E'\\n' ORDER BY line) FROM ({Traces.Replace("{0}", $"{job}", StringComparison.Ordinal)}) AS t(line)"
        );
}
