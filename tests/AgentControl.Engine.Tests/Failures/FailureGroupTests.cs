using AgentControl.Core.Agents;
using AgentControl.Core.Failures;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Failures;

/// <summary>Failures find their group once, groups are decided about, and a retry takes what still stands.</summary>
public sealed class FailureGroupTests(SharedEngine shared) : IClassFixture<SharedEngine>
{
    private static readonly Caller _ana = Deciders.Ana with { Roles = Caller.Global(Role.Operator) };
    private readonly EngineProcess engine = shared.Engine;

    /// <summary>A word of this test's own, so that its failures share no group with those of others.</summary>
    private readonly string word = "w" + string.Concat(Guid.NewGuid().ToString("n").Where(char.IsLetter));

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private FailureQueries Queries => engine.Get<FailureQueries>();

    private FailureCommands Commands => engine.Get<FailureCommands>();

    private Task<Guid> FailAsync(string message, Func<JobSubmission, JobSubmission>? with = null) =>
        EndAsync(() => throw new PermanentFailureException("erp", message), "failed", with);

    private async Task<Guid> EndAsync(Func<object?> code, string state, Func<JobSubmission, JobSubmission>? with = null)
    {
        var job = await shared.StartAsync(_ => Task.FromResult(code()), with);
        await engine.UntilAsync(job, state);
        return job;
    }

    /// <summary>Waits until as many failures of the job are in groups.</summary>
    private async Task<FailureGroupView> SortedAsync(Guid job, int failures = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Now);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var changed = new SemaphoreSlim(0);
        using var watch = engine.Get<FailureChanges>().Subscribe(_ => changed.Release());
        while (await engine.ScalarAsync<long>($"SELECT count(*) FROM job_failures WHERE job_id = '{job}'") < failures)
            await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
        return (await Queries.OfJobAsync(job, Now))!;
    }

    private async Task<FailureGroupView> FailedAsync(string message) => await SortedAsync(await FailAsync(message));

    private async Task<FailureGroupView> NowAsync(Guid id) => (await Queries.FindAsync(id, Now))!.Group;

    private static FailureGroupView Taken(FailureOutcome outcome) => Assert.IsType<FailureOutcome.Taken>(outcome).Group;

    private async Task<IReadOnlyList<Guid>> FrozenAsync(BulkOutcome outcome)
    {
        var bulk = Assert.IsType<BulkOutcome.Taken>(outcome).Bulk;
        var items = await engine.Get<BulkQueries>().ItemsAsync(bulk.Id, null, null, 0, 200, Now);
        return [.. items.Select(i => i.JobId).Order()];
    }

    [Fact]
    public async Task Failures_of_one_cause_are_one_group_whatever_they_name()
    {
        var one = await FailedAsync($"{word}: invoice 8812 of \"ACME\" was refused");
        var same = await FailedAsync($"{word}: invoice 17 of \"Umbrella\" was refused");
        var other = await FailedAsync($"{word}: invoice 17 of \"Umbrella\" was lost");

        Assert.Equal(one.Id, same.Id);
        Assert.NotEqual(one.Id, other.Id);
        Assert.Equal($"{word}: invoice … of \"…\" was refused", same.Title);
        Assert.Equal(
            ("test", "erp", 2L, 2L, "unresolved"),
            (same.Agent, same.Type, same.Count, same.LastDay, same.Status)
        );
        Assert.True(same.FirstSeenAt < same.LastSeenAt);
        var found = (await Queries.FindAsync(one.Id, Now))!;
        Assert.Equal((2L, 2L), (found.Jobs, found.Open));
        Assert.Equal($"{word}: invoice 17 of \"Umbrella\" was refused", found.Example);
    }

    [Fact]
    public async Task A_group_knows_the_step_without_its_count_the_service_and_time_outs()
    {
        async Task<Guid> BrokenAsync(int rounds)
        {
            var job = await shared.StartAsync(async context =>
            {
                for (var i = 1; i < rounds; i++)
                    await context.StepAsync("match", _ => Task.FromResult(i));
                return await context.StepAsync<int>(
                    "match",
                    _ => throw new PermanentFailureException("erp", $"{word} said no"),
                    new StepOptions { Service = SharedEngine.QuickService }
                );
            });
            await engine.UntilAsync(job, "failed");
            return job;
        }
        var first = await SortedAsync(await BrokenAsync(1));
        var third = await SortedAsync(await BrokenAsync(3));
        Assert.Equal(first.Id, third.Id);
        Assert.Equal(("match", SharedEngine.QuickService), (third.Step, third.Service));

        var slow = await shared.StartAsync(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return null;
            },
            job => job with { TimeoutSeconds = 1 }
        );
        await engine.UntilAsync(slow, "failed");
        Assert.Equal("timeout", (await SortedAsync(slow)).Type);
    }

    [Fact]
    public async Task What_was_resolved_and_fails_again_is_back_and_people_are_told()
    {
        var group = await FailedAsync($"{word} broke");
        var resolved = Taken(await Commands.ResolveAsync(group.Id, "fixed in 3.2", _ana, Now));
        Assert.Equal(("resolved", "Ana", "fixed in 3.2"), (resolved.Status, resolved.StatusBy, resolved.Comment));
        Assert.False(
            Assert.IsType<FailureOutcome.Taken>(await Commands.ResolveAsync(group.Id, null, _ana, Now)).Changed
        );

        var job = await FailAsync($"{word} broke");
        var back = await SortedAsync(job);

        Assert.Equal(("unresolved", true, 2L), (back.Status, back.Regressed, back.Count));
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM events WHERE job_id = '{job}' AND type = 'failure.regressed' AND message LIKE 'Failed again, although Ana%')"
        );
        await engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT 1 FROM notifications WHERE job_id = '{job}' AND kind = 'regressed' AND channel = 'inApp')"
        );
        // Once is enough: it is unresolved now.
        var again = await FailAsync($"{word} broke");
        Assert.True((await SortedAsync(again)).Regressed);
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{again}' AND type = 'failure.regressed'"
            )
        );
        Assert.False(Taken(await Commands.ReopenAsync(group.Id, null, _ana, Now)).Regressed);
    }

    [Fact]
    public async Task What_failed_before_it_was_resolved_and_is_read_later_brings_nothing_back()
    {
        var job = await FailAsync($"{word} broke");
        var group = await SortedAsync(job);
        Taken(await Commands.ResolveAsync(group.Id, null, _ana, Now));

        await using var connection = await engine.Database.OpenConnectionAsync(Now);
        var earlier = new FoundFailure(
            new FailurePlace(1, job, 9_999),
            group.LastSeenAt,
            "Failed",
            "{\"failure\":{\"type\":\"erp\",\"message\":\"" + word + " broke\"}}",
            "test",
            "default"
        );
        Assert.Empty(
            await FailureStore.AddAsync(connection, [earlier], new Dictionary<(Guid, string), (string, string?)>(), Now)
        );
        Assert.Equal(("resolved", 2L), ((await NowAsync(group.Id)).Status, (await NowAsync(group.Id)).Count));
        var later = earlier with { Place = new(1, job, 10_000), At = group.LastSeenAt.AddMinutes(1) };
        Assert.Single(
            await FailureStore.AddAsync(connection, [later], new Dictionary<(Guid, string), (string, string?)>(), Now)
        );
    }

    [Fact]
    public async Task An_ignored_group_goes_on_to_count_and_is_back_when_its_time_is_over()
    {
        var group = await FailedAsync($"{word} broke");
        var until = DateTimeOffset.UtcNow.AddDays(1);
        Taken(await Commands.IgnoreAsync(group.Id, until, "known", _ana, Now));
        var more = await FailedAsync($"{word} broke");
        Assert.Equal(("ignored", 2L, false), (more.Status, more.Count, more.Regressed));

        await engine.ExecuteAsync(
            $"UPDATE failure_groups SET ignored_until = ac_now() - interval '1 second' WHERE id = '{group.Id}'"
        );
        Assert.Equal("unresolved", (await NowAsync(group.Id)).Status);
        var listed = await Queries.ListAsync(new FailureFilter { Status = FailureStatus.Unresolved }, null, 200, Now);
        Assert.Contains(listed.Items, g => g.Id == group.Id);
        Assert.NotEmpty(await FrozenAsync(await Commands.RetryAllAsync("test", _ana, Now)));

        var past = await Commands.IgnoreAsync(group.Id, DateTimeOffset.UtcNow.AddDays(-1), null, _ana, Now);
        Assert.Contains("until", Assert.IsType<FailureOutcome.Invalid>(past).Errors.Keys);
        var long2 = await Commands.ResolveAsync(group.Id, new string('x', 2_001), _ana, Now);
        Assert.Contains("comment", Assert.IsType<FailureOutcome.Invalid>(long2).Errors.Keys);
        Assert.IsType<FailureOutcome.NotFound>(await Commands.ResolveAsync(Guid.NewGuid(), null, _ana, Now));
    }

    [Fact]
    public async Task A_retry_takes_only_what_was_neither_retried_nor_started_anew_nor_failed_otherwise()
    {
        var stands = await FailAsync($"{word} broke");
        var runs = 0;
        var succeeds = await EndAsync(
            () => runs++ == 0 ? throw new PermanentFailureException("erp", $"{word} broke") : 1,
            "failed"
        );
        var turns = 0;
        var otherwise = await EndAsync(
            () => throw new PermanentFailureException("erp", turns++ == 0 ? $"{word} broke" : $"{word} is late"),
            "failed"
        );
        var forks = 0;
        var forked = await EndAsync(
            () => forks++ == 0 ? throw new PermanentFailureException("erp", $"{word} broke") : 1,
            "failed"
        );
        foreach (var job in new[] { stands, succeeds, otherwise, forked })
            await SortedAsync(job);
        var group = (await Queries.OfJobAsync(stands, Now))!;
        await engine.Jobs.RetryAsync(succeeds, _ana.Actor, null, Now);
        await engine.UntilAsync(succeeds, "succeeded");
        await engine.Jobs.RetryAsync(otherwise, _ana.Actor, null, Now);
        await engine.UntilTrueAsync(
            otherwise,
            $"SELECT state = 'failed' AND generation = 1 FROM job_runs WHERE job_id = '{otherwise}'"
        );
        var late = await SortedAsync(otherwise, 2);
        await engine.Jobs.ForkAsync(forked, null, null, _ana.Actor, Now);

        Assert.Equal([stands], await FrozenAsync(await Commands.RetryAsync(group.Id, _ana, Now)));
        Assert.Equal([otherwise], await FrozenAsync(await Commands.RetryAsync(late.Id, _ana, Now)));
        var found = (await Queries.FindAsync(group.Id, Now))!;
        Assert.Equal((4L, 1L), (found.Jobs, found.Open));
        var jobs = await Queries.JobsAsync(group.Id, null, 10, Now);
        Assert.Equal([stands], jobs.Items.Where(j => j.Stands).Select(j => j.JobId));

        // All unresolved: what somebody resolved or ignores stays as it is.
        Assert.Contains(stands, await FrozenAsync(await Commands.RetryAllAsync("test", _ana, Now)));
        Taken(await Commands.ResolveAsync(group.Id, null, _ana, Now));
        Assert.DoesNotContain(stands, await FrozenAsync(await Commands.RetryAllAsync("test", _ana, Now)));
        Taken(await Commands.IgnoreAsync(group.Id, null, null, _ana, Now));
        var all = await FrozenAsync(await Commands.RetryAllAsync("test", _ana, Now));
        Assert.DoesNotContain(stands, all);
        Assert.Contains(otherwise, all);
        Assert.IsType<BulkOutcome.Refused>(await Commands.RetryAllAsync("nobody", _ana, Now));
    }

    [Fact]
    public async Task Jobs_are_found_by_their_group_and_a_search_reads_back()
    {
        var job = await FailAsync($"{word} broke");
        var group = await SortedAsync(job);
        var filter = new JobFilter { Failure = group.Id, FailureStands = true };
        var (read, problems) = JobSearch.Parse(JobSearch.ToText(filter));
        Assert.Empty(problems);
        Assert.Equal(
            (filter.Failure, filter.FailureStands, false),
            (read.Failure, read.FailureStands, read.FailureUnresolved)
        );
        Assert.True(JobSearch.Parse("failure:unresolved").Filter.FailureUnresolved);
        Assert.Contains("failure:open", Assert.Single(JobSearch.Parse("failure:x").Problems), StringComparison.Ordinal);
        var found = await engine.Get<JobQueries>().ListAsync(read, cancellationToken: Now);
        Assert.Equal(job, Assert.Single(found.Items).Id);
        Assert.Equal(1, (await engine.Get<JobCounts>().CountAsync(new JobFilter { Failure = group.Id }, Now)).Total);
    }

    [Fact]
    public async Task Nobody_decides_or_retries_in_a_workspace_where_they_only_look()
    {
        var group = await FailedAsync($"{word} broke");
        var outsider = Deciders.Named("Bo") with
        {
            Roles = new Dictionary<string, Role> { ["other"] = Role.Operator, ["default"] = Role.Viewer },
        };
        await Assert.ThrowsAsync<AccessDeniedException>(() => Commands.ResolveAsync(group.Id, null, outsider, Now));
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            Commands.IgnoreAsync(group.Id, null, null, outsider, Now)
        );
        await Assert.ThrowsAsync<AccessDeniedException>(() => Commands.RetryAsync(group.Id, outsider, Now));
        await Assert.ThrowsAsync<AccessDeniedException>(() => Commands.UndoAsync(group, group, outsider, Now));
        Assert.IsType<BulkOutcome.Refused>(await Commands.RetryAllAsync(null, outsider, Now));
        Assert.Equal("unresolved", (await NowAsync(group.Id)).Status);
        Assert.Empty((await Queries.ListAsync(new FailureFilter { Visible = ["other"] }, null, 10, Now)).Items);
        Assert.Empty(await Queries.ByIdAsync([group.Id], ["other"], Now));
        Assert.Equal(0, (await Queries.LastDayAsync(["other"], Now)).Kinds);
    }

    [Fact]
    public async Task A_decision_is_taken_back_as_it_was_unless_somebody_decided_since()
    {
        var group = await FailedAsync($"{word} broke");
        var ignored = Taken(await Commands.IgnoreAsync(group.Id, null, "noise", _ana, Now));
        var resolved = Taken(await Commands.ResolveAsync(group.Id, "done", _ana, Now));
        var undone = Taken(await Commands.UndoAsync(ignored, resolved, _ana, Now));
        Assert.Equal(("ignored", "noise", ignored.StatusAt), (undone.Status, undone.Comment, undone.StatusAt));
        var reopened = Taken(
            await Commands.ReopenAsync(group.Id, null, Deciders.Named("Bo") with { Roles = _ana.Roles }, Now)
        );
        Assert.IsType<FailureOutcome.Refused>(await Commands.UndoAsync(ignored, resolved, _ana, Now));
        Assert.Equal(("unresolved", "Bo"), (reopened.Status, reopened.StatusBy));
        Assert.Equal(
            "failure.ignored,failure.resolved,failure.undone,failure.reopened",
            await engine.ScalarAsync<string>(
                $"SELECT string_agg(action, ',' ORDER BY seq) FROM audit_log WHERE target = 'failure:{group.Id}'"
            )
        );
    }

    [Fact]
    public async Task Text_that_the_database_refuses_holds_nothing_up()
    {
        var nasty = await FailAsync($"{word} \0 \uD800 \u202E <script>alert(1)</script>");
        var after = await FailAsync($"{word} behind it");
        var group = await SortedAsync(nasty);
        Assert.Contains("<script>", (await Queries.FindAsync(group.Id, Now))!.Example, StringComparison.Ordinal);
        Assert.NotEqual(group.Id, (await SortedAsync(after)).Id);
    }
}
