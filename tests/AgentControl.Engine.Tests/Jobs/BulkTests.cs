using AgentControl.Core.Agents;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Jobs;

/// <summary>Acting upon many jobs: what is frozen is what is done, each job with its result, by whichever process lives.</summary>
public sealed class BulkTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static readonly Caller _ana = Deciders.Ana with { Roles = Caller.Global(Role.Operator) };
    private readonly EngineProcess engine = shared.Engine;
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private Task<Guid> ScheduledAsync(string tag) =>
        shared.StartAsync(
            _ => Task.FromResult<object?>(1),
            job => job with { RunAt = DateTimeOffset.UtcNow.AddYears(1), Tags = [tag] }
        );

    private async Task<BulkView> FreezeAsync(BulkWish wish, Caller? by = null) =>
        Assert.IsType<BulkOutcome.Taken>(await engine.Get<BulkCommands>().FreezeAsync(wish, by ?? _ana, Now)).Bulk;

    private Task<BulkOutcome> StartAsync(Guid id, Caller? by = null) =>
        engine.Get<BulkCommands>().StartAsync(id, "price list is wrong", by ?? _ana, Now);

    private async Task<BulkView> EndedAsync(Guid id)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await engine.Get<BulkQueries>().FindAsync(id, patience.Token) is { FinishedAt: not null } bulk)
                return bulk;
            await Task.Delay(20, patience.Token);
        }
    }

    [Fact]
    public async Task The_set_is_frozen_before_it_is_confirmed_and_each_job_has_its_result()
    {
        var jobs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await ScheduledAsync("freeze"));
        var bulk = await FreezeAsync(
            new BulkWish("cancel")
            {
                Filter = new JobFilter { Tags = ["freeze"] },
                Query = "tag:freeze",
            }
        );
        Assert.Equal(("asked", 3), (bulk.State, bulk.Total));
        var later = await ScheduledAsync("freeze");
        Assert.Equal("scheduled", await engine.StateAsync(jobs[0]));
        // One ends by itself meanwhile: it says so, and the others are not held up by it.
        await engine.Get<JobCommands>().RunNowAsync(jobs[1], _ana.Actor, Now);
        await engine.UntilAsync(jobs[1], "succeeded");

        Assert.IsType<BulkOutcome.Refused>(await StartAsync(bulk.Id, Deciders.Named("Bo")));
        Assert.IsType<BulkOutcome.Taken>(await StartAsync(bulk.Id));
        var ended = await EndedAsync(bulk.Id);
        Assert.Equal(("done", 2, 1, 0), (ended.State, ended.Done, ended.Refused, ended.Left));
        Assert.Equal("cancelled", await engine.StateAsync(jobs[0]));
        Assert.Equal("scheduled", await engine.StateAsync(later));
        var refused = Assert.Single(await engine.Get<BulkQueries>().ItemsAsync(bulk.Id, "refused", null, 0, 10, Now));
        Assert.Equal(jobs[1], refused.JobId);
        Assert.NotNull(refused.Message);
        Assert.Contains(
            "price list is wrong",
            await engine.ScalarAsync<string>(
                $"SELECT message FROM events WHERE job_id = '{jobs[0]}' AND type = 'job.cancelled'"
            ) ?? "",
            StringComparison.Ordinal
        );
        Assert.IsType<BulkOutcome.Refused>(await StartAsync(bulk.Id));
        Assert.IsType<BulkOutcome.Refused>(await engine.Get<BulkCommands>().AbortAsync(bulk.Id, _ana, Now));
    }

    [Fact]
    public async Task An_abort_stops_it_and_what_was_not_reached_stays()
    {
        var jobs = new List<Guid>();
        for (var i = 0; i < 30; i++)
            jobs.Add(await ScheduledAsync("abort"));
        var bulk = await FreezeAsync(new BulkWish("cancel") { Filter = new JobFilter { Tags = ["abort"] } });
        // The first job's row is held: the action stands at it.
        var first = (await engine.Get<BulkQueries>().ItemsAsync(bulk.Id, null, null, 0, 1, Now))[0].JobId;
        await using var pool = shared.OpenPool("holder");
        await using (var connection = await pool.OpenConnectionAsync(Now))
        {
            await using var transaction = await connection.BeginTransactionAsync(Now);
            await using (var hold = connection.CreateCommand())
            {
                hold.CommandText = $"SELECT 1 FROM job_runs WHERE job_id = '{first}' FOR UPDATE";
                await hold.ExecuteNonQueryAsync(Now);
            }
            await StartAsync(bulk.Id);
            await engine.UntilTrueAsync(
                first,
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
            );
            Assert.IsType<BulkOutcome.Refused>(
                await engine.Get<BulkCommands>().AbortAsync(bulk.Id, Deciders.Named("Bo"), Now)
            );
            Assert.IsType<BulkOutcome.Taken>(await engine.Get<BulkCommands>().AbortAsync(bulk.Id, _ana, Now));
            await transaction.RollbackAsync(Now);
        }
        var ended = await EndedAsync(bulk.Id);
        Assert.Equal(("aborted", 0), (ended.State, ended.Left));
        // The chunk that was at work went on; what lay behind it was not touched.
        Assert.InRange(ended.Done, 1, 20);
        Assert.Equal(
            30L - ended.Done,
            await engine.ScalarAsync<long>(
                "SELECT count(*) FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE 'abort' = ANY(j.tags) AND r.state = 'scheduled'"
            )
        );
    }

    [Fact]
    public async Task A_set_that_another_process_left_behind_is_worked_off_and_no_job_twice()
    {
        var jobs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await ScheduledAsync("left"));
        var bulk = await FreezeAsync(new BulkWish("tag") { Tag = "q4", Jobs = jobs });
        // As a process leaves it that dies behind its first job: started, one result recorded, nobody at it.
        await engine.ExecuteAsync(
            $"UPDATE bulk_items SET outcome = 'done' WHERE bulk_id = '{bulk.Id}' AND position = 1; UPDATE bulk_actions SET started_at = now() WHERE id = '{bulk.Id}'"
        );
        var ended = await EndedAsync(bulk.Id);
        Assert.Equal(3, ended.Done);
        Assert.Equal(
            2L,
            await engine.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE 'left' = ANY(tags) AND 'q4' = ANY(tags)")
        );
    }

    [Fact]
    public async Task Only_jobs_of_workspaces_where_one_is_an_operator_are_taken_and_mistakes_name_their_field()
    {
        var job = await ScheduledAsync("elsewhere");
        var outsider = Deciders.Ana with
        {
            Roles = new Dictionary<string, Role> { ["other"] = Role.Operator, ["default"] = Role.Viewer },
        };
        async Task WrongAsync(string field, BulkWish wish, Caller? by = null) =>
            Assert.Contains(
                field,
                Assert
                    .IsType<BulkOutcome.Invalid>(await engine.Get<BulkCommands>().FreezeAsync(wish, by ?? _ana, Now))
                    .Errors.Keys
            );
        await WrongAsync("query", new BulkWish("pause") { Jobs = [job] }, outsider);
        await WrongAsync("action", new BulkWish("explode") { Jobs = [job] });
        await WrongAsync("query", new BulkWish("pause"));
        await WrongAsync("query", new BulkWish("pause") { Jobs = [job], Filter = JobFilter.None });
        await WrongAsync("tag", new BulkWish("tag") { Jobs = [job], Tag = " " });
        await WrongAsync("query", new BulkWish("pause") { Filter = new JobFilter { Tags = ["nobody"] } });
        Assert.IsType<BulkOutcome.NotFound>(await StartAsync(Guid.NewGuid()));
    }
}
