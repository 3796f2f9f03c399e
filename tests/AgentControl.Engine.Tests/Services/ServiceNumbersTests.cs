using AgentControl.Core.Agents;
using AgentControl.Core.Services;
using AgentControl.Core.Steps;
using AgentControl.Engine.Access;
using AgentControl.Engine.Live;
using AgentControl.Engine.Services;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Services;

/// <summary>What is counted of calls, what the circuit is seen to have done, and a test by hand.</summary>
public sealed class ServiceNumbersTests(PostgresFixture postgres)
{
    private const string Service = "model";

    private static readonly Actor _ana = new("person:ana", "Ana", "test");

    private static readonly Dictionary<string, string?> _settings = new()
    {
        [$"AgentControl:Services:{Service}:Retry:BaseDelaySeconds"] = "0.01",
        [$"AgentControl:Services:{Service}:Retry:MaxRetries"] = "2",
        [$"AgentControl:Services:{Service}:Circuit:MinimumCalls"] = "6",
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_retries_failures_and_fallbacks_are_counted_with_how_long_they_took()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var calls = 0;
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                switch (input.GetProperty("as").GetString())
                {
                    case "well":
                        return await job.StepAsync("ask", _ => Task.FromResult(1), new() { Service = Service });
                    case "shaky":
                        return await job.StepAsync(
                            "ask",
                            _ => Interlocked.Increment(ref calls) < 3 ? throw Answered(429) : Task.FromResult(1),
                            new() { Service = Service }
                        );
                    default:
                        try
                        {
                            return await job.StepAsync<int>(
                                "ask",
                                _ => throw Answered(input.GetProperty("as").GetString() == "refused" ? 401 : 429),
                                new() { Service = Service, Fallbacks = [new("other", "other", [FallbackUse.Allowed])] }
                            );
                        }
                        catch (StepFailedException)
                        {
                            return 2;
                        }
                }
            }
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        foreach (var way in (string[])["well", "well", "shaky", "refused", "elsewhere"])
            await engine.UntilAsync(
                await engine.SubmitAsync("test", new Dictionary<string, string> { ["as"] = way }),
                "succeeded"
            );

        // Four of the nine calls were retries; what succeeded is told within a second.
        await engine.UntilTrueAsync(
            Guid.Empty,
            "SELECT COALESCE(sum(calls) = 9 AND sum(fallbacks) > 0, false) FROM service_minutes"
        );
        var detail = await engine.Get<ServiceQueries>().DetailAsync(Service, ServiceWindow.Hour, null, Now);
        var service = detail!.Service;
        Assert.Equal((9, 6, 4, 1), (service.Calls, service.Failures, service.Retries, service.Fallbacks));
        Assert.Equal(100 * 4 / 9.0, service.RetriesPer100Calls!.Value, 3);
        Assert.InRange(service.LatencyMs!.P95, 0, 2000);
        Assert.Equal([("rateLimited", 5L), ("denied", 1L)], detail.Errors.Select(e => (e.Kind, e.Calls)));
        Assert.Contains("401", detail.Errors[1].Reason, StringComparison.Ordinal);
        Assert.Equal(9, detail.Series.Sum(b => b.Calls));
        Assert.Empty(detail.Changes);
        Assert.Equal("closed", service.Circuit.State);
    }

    [Fact]
    public async Task A_call_that_was_refused_on_this_side_counts_for_nothing()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var agent = TestAgent.Of(
            async (_, job, _) =>
            {
                foreach (var service in (string[])["refused", Service])
                    await job.StepAsync(
                        "ask",
                        call =>
                        {
                            call.NotCalled();
                            return Task.FromResult(1);
                        },
                        new() { Service = service }
                    );
                return await job.StepAsync("ask", _ => Task.FromResult(1), new() { Service = Service });
            }
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        await engine.UntilAsync(await engine.SubmitAsync("test", new { }), "succeeded");

        await engine.UntilTrueAsync(Guid.Empty, "SELECT EXISTS (SELECT FROM service_minutes WHERE calls > 0)");
        var known = await engine.Get<ServiceQueries>().ListAsync(null, Now);
        Assert.Equal(1, known.Single(s => s.Name == Service).Calls);
        Assert.DoesNotContain(known, s => s.Name == "refused");
    }

    [Fact]
    public async Task An_outage_is_seen_with_who_waits_and_a_test_by_hand_ends_it()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var down = true;
        var agent = TestAgent.Of(
            async (_, job, _) =>
                await job.StepAsync(
                    "ask",
                    _ => down ? throw Answered(503) : Task.FromResult(1),
                    new() { Service = Service }
                )
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        var changes = new List<string>();
        using var heard = engine.Get<ServiceChanges>().Subscribe(changes.Add);
        var jobs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await engine.SubmitAsync("test", new { }));
        foreach (var job in jobs)
            await engine.UntilTrueAsync(
                job,
                $"SELECT state = 'failed' OR COALESCE(waiting_kind = 'service', false) FROM job_runs WHERE job_id = '{job}'"
            );
        await engine.UntilTrueAsync(Guid.Empty, "SELECT EXISTS (SELECT FROM circuits WHERE state = 'open')");
        var waiting = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(waiting, "waiting");

        var queries = engine.Get<ServiceQueries>();
        var outage = await queries.DetailAsync(Service, ServiceWindow.Hour, null, Now);
        Assert.Equal("open", Assert.Single(outage!.Changes).State);
        Assert.Contains(outage.WaitingJobs, w => w.JobId == waiting);
        Assert.Empty((await queries.DetailAsync(Service, ServiceWindow.Hour, ["elsewhere"], Now))!.WaitingJobs);
        Assert.Equal([Service], changes.Distinct());

        down = false;
        var commands = engine.Get<ServiceCommands>();
        Assert.True(await commands.TestAsync(Service, _ana, Now));
        await engine.UntilAsync(waiting, "succeeded");
        await engine.UntilTrueAsync(Guid.Empty, "SELECT bool_and(state = 'closed') FROM circuits");
        Assert.False(await commands.TestAsync(Service, _ana, Now));
        Assert.Equal(
            ["open", "halfOpen", "closed"],
            (await queries.DetailAsync(Service, ServiceWindow.Hour, null, Now))!.Changes.Select(c => c.State)
        );
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>("SELECT count(*) FROM audit_log WHERE action = 'service.tested'")
        );
    }

    [Fact]
    public async Task A_circuit_that_closes_tells_the_jobs_that_wait_when_they_go_on()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var agent = TestAgent.Of(
            async (_, job, _) => await job.StepAsync("ask", _ => Task.FromResult(1), new() { Service = Service })
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        var commands = engine.Get<ServiceCommands>();
        await commands.BlockAsync(Service, TimeSpan.FromHours(5), "New keys", _ana, Now);
        var jobs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await engine.SubmitAsync("test", new { }));
        foreach (var job in jobs)
            await engine.UntilAsync(job, "waiting");
        await engine.ExecuteAsync(
            "CREATE TABLE seen (job_id uuid, until timestamptz); CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (NEW.job_id, NEW.waiting_until); RETURN NULL; END $$; CREATE TRIGGER see AFTER UPDATE OF waiting_until ON job_runs FOR EACH ROW WHEN (NEW.state = 'waiting') EXECUTE FUNCTION see()"
        );
        Assert.True(await commands.ResetAsync(Service, _ana, Now));
        foreach (var job in jobs)
            await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            3L,
            await engine.ScalarAsync<long>(
                "SELECT count(DISTINCT job_id) FROM seen WHERE until < ac_now() + interval '1 minute'"
            )
        );
    }

    private static ServiceException Answered(int status) => new("no", new() { Status = status });
}
