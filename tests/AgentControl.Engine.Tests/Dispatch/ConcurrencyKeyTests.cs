using System.Collections.Concurrent;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Dispatch;

/// <summary>Of the jobs of a workspace with one concurrency key at most one runs, and nobody waits for another reason.</summary>
public sealed class ConcurrencyKeyTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private readonly EngineProcess engine = shared.Engine;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static Func<JobSubmission, JobSubmission> With(string key, string? queue = null) =>
        job => job with { ConcurrencyKey = key, Queue = queue };

    [Fact]
    public async Task Two_processes_with_many_hands_never_run_two_jobs_of_one_key()
    {
        await using var another = await shared.StartAnotherAsync();
        var inside = new ConcurrentDictionary<string, int>();
        var most = 0;
        var jobs = new List<Guid>();
        for (var i = 0; i < 45; i++)
        {
            var key = $"customer-{i % 3}";
            jobs.Add(
                await shared.StartAsync(
                    async (job, _) =>
                        await job.StepAsync(
                            "work",
                            async _ =>
                            {
                                var now = inside.AddOrUpdate(key, 1, (_, n) => n + 1);
                                InterlockedMax(ref most, now);
                                await Task.Yield();
                                inside.AddOrUpdate(key, 0, (_, n) => n - 1);
                                return key;
                            }
                        ),
                    With(key)
                )
            );
        }
        foreach (var job in jobs)
            await engine.UntilAsync(job, "succeeded");

        Assert.Equal(1, most);
        // From lease to end, by the log's own times: the check that a step's body cannot see.
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                """
                WITH spans AS (SELECT j.concurrency_key AS key, j.id, s.at AS since, e.at AS until FROM jobs j
                    JOIN events s ON s.job_id = j.id AND s.type = 'job.started' JOIN events e ON e.job_id = j.id AND e.type = 'job.succeeded' WHERE j.concurrency_key LIKE 'customer-%')
                SELECT count(*) FROM spans a JOIN spans b ON a.key = b.key AND a.id < b.id AND a.since < b.until AND b.since < a.until
                """
            )
        );
    }

    [Fact]
    public async Task A_lease_that_saw_the_key_free_before_another_took_it_takes_nothing()
    {
        const string Unserved = "unserved";
        var first = await shared.StartAsync(_ => Task.FromResult<object?>(1), With("race", Unserved));
        var second = await shared.StartAsync(_ => Task.FromResult<object?>(2), With("race", Unserved));
        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        await using var another = await connection.BeginTransactionAsync(Now);
        await using (
            var take = new Npgsql.NpgsqlCommand(
                $"""
                UPDATE job_runs SET state = 'running', epoch = 1, worker = 'w', lease_until = ac_now() + interval '1 hour', leased_at = ac_now() WHERE job_id = '{second}';
                INSERT INTO concurrency_keys (workspace, key, job_id, epoch) VALUES ('default', 'race', '{second}', 1);
                """,
                connection
            )
        )
            await take.ExecuteNonQueryAsync(Now);

        var lease = engine.Get<LeaseStore>().TakeAsync(Unserved, 1, null, Now);
        await engine.UntilTrueAsync(
            first,
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%concurrency_keys%' AND pid <> pg_backend_pid())"
        );
        await another.CommitAsync(Now);

        Assert.Empty(await lease);
        Assert.Equal("queued", await engine.StateAsync(first));
        await engine.LoseWorkerAsync(second);
        Assert.Single(await engine.Get<LeaseStore>().TakeAsync(Unserved, 2, null, Now));
    }

    [Fact]
    public async Task A_key_that_is_taken_holds_up_nobody_else_in_the_queue_and_is_told()
    {
        var hold = new HoldPoint();
        var first = await HeldAsync(hold, With("acme"));
        var second = await shared.StartAsync(_ => Task.FromResult<object?>(2), With("acme"));
        var elsewhere = await shared.StartAsync(_ => Task.FromResult<object?>(3), With("acme", "review"));
        var others = new List<Guid>();
        for (var i = 0; i < 6; i++)
            others.Add(await shared.StartAsync(_ => Task.FromResult<object?>(4), i < 3 ? null : With($"other-{i}")));
        foreach (var other in others)
            await engine.UntilAsync(other, "succeeded");

        Assert.Equal(("queued", "queued"), (await engine.StateAsync(second), await engine.StateAsync(elsewhere)));
        var jobs = engine.Get<JobQueries>();
        var holder = (await jobs.SummaryAsync(first, Now))!.ShortId;
        Assert.Equal(holder, (await jobs.ServedAsync([(await jobs.SummaryAsync(second, Now))!], Now))[0].KeyHolder);
        var standing = (await engine.Get<JobStandingQueries>().FindAsync(second, Now))!.Queue!;
        Assert.Equal((holder, "acme", 0), (standing.KeyHolder, standing.ConcurrencyKey, standing.Before));

        hold.Open();
        await engine.UntilAsync(first, "succeeded");
        await engine.UntilAsync(second, "succeeded");
        await engine.UntilAsync(elsewhere, "succeeded");
    }

    [Fact]
    public async Task The_same_key_in_another_workspace_is_another_key()
    {
        await engine.ExecuteAsync(
            "INSERT INTO workspaces (name, created_at, created_by) VALUES ('apart', ac_now(), 'Ana') ON CONFLICT DO NOTHING"
        );
        var hold = new HoldPoint();
        var first = await HeldAsync(hold, With("shared"));
        var apart = await shared.StartAsync(
            _ => Task.FromResult<object?>(1),
            j => With("shared")(j) with { Workspace = "apart" }
        );

        await engine.UntilAsync(apart, "succeeded");
        hold.Open();
        await engine.UntilAsync(first, "succeeded");
    }

    [Fact]
    public async Task A_job_that_waits_lets_the_next_one_in_and_comes_back_behind_it()
    {
        var first = await shared.StartAsync(
            async context => (await context.RequestApprovalAsync(new ApprovalRequest { Title = "Go?" })).Decision,
            With("parked")
        );
        await engine.UntilAsync(first, "waiting");
        var hold = new HoldPoint();
        var second = await HeldAsync(hold, With("parked"));

        var approval = await engine.ScalarAsync<Guid>($"SELECT id FROM approvals WHERE job_id = '{first}'");
        await engine
            .Get<ApprovalCommands>()
            .DecideAsync(approval, ApprovalDecision.Approve, 1, null, null, Deciders.Named("Ben"), Now);
        var other = await shared.StartAsync(_ => Task.FromResult<object?>(1));
        await engine.UntilAsync(other, "succeeded");
        Assert.Equal("queued", await engine.StateAsync(first));

        hold.Open();
        await engine.UntilAsync(second, "succeeded");
        await engine.UntilAsync(first, "succeeded");
    }

    [Fact]
    public async Task A_lost_worker_gives_the_key_back()
    {
        var hold = new HoldPoint();
        var first = await HeldAsync(hold, With("lost"));
        var second = await shared.StartAsync(_ => Task.FromResult<object?>(1), With("lost"));

        await engine.LoseWorkerAsync(first);
        hold.Open();

        await engine.UntilAsync(first, "succeeded");
        await engine.UntilAsync(second, "succeeded");
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task A_key_that_is_none_is_refused_by_its_field(string key)
    {
        var outcome = await engine.Jobs.SubmitAsync(
            new JobSubmission
            {
                Agent = "test",
                Input = default,
                ConcurrencyKey = key,
            },
            EngineProcess.Ana,
            null,
            Now
        );

        Assert.Contains("concurrencyKey", Assert.IsType<SubmitOutcome.Invalid>(outcome).Errors.Keys);
    }

    private async Task<Guid> HeldAsync(HoldPoint hold, Func<JobSubmission, JobSubmission> with)
    {
        var job = await shared.StartAsync(
            async (context, _) =>
                await context.StepAsync(
                    "hold",
                    async call =>
                    {
                        await hold.PassAsync(call.CancellationToken);
                        return 1;
                    }
                ),
            with
        );
        await hold.Reached;
        return job;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; )
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
