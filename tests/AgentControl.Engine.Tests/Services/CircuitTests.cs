using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Core.Agents;
using AgentControl.Core.Services;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Services;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Tests.Services;

/// <summary>A service that is down stops the branches that need it and only those; it is found well again by one call, and the rest follow at a ramp.</summary>
public sealed class CircuitTests(PostgresFixture postgres)
{
    private const string Service = "model";
    private const int Jobs = 12;

    private static readonly Dictionary<string, string?> _settings = new()
    {
        [$"AgentControl:Services:{Service}:Retry:BaseDelaySeconds"] = "0.02",
        [$"AgentControl:Services:{Service}:ParkAfterSeconds"] = "0.2",
        [$"AgentControl:Services:{Service}:Circuit:MinimumCalls"] = "4",
        ["AgentControl:Queues:default"] = "4",
    };

    private static AuditEntry Blocked => new(new Actor("person:1", "Ana"), "service.blocked", $"service:{Service}");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Branches_that_need_a_dead_service_park_the_rest_goes_on_and_its_return_is_found_by_one_call()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var service = new FakeService { IsDown = true };
        var agent = TestAgent.Of(
            async (input, job, _) =>
            {
                if (!input.GetProperty("needs").GetBoolean())
                    return await job.StepAsync("plain", _ => Task.FromResult(1));
                var done = await job.Parallel(
                    "branches",
                    ["with", "without"],
                    2,
                    async (branch, own, _) =>
                        branch == "with"
                            ? await own.StepAsync("ask", service.AnswerAsync, new() { Service = Service })
                            : await own.StepAsync("plain", _ => Task.FromResult(1))
                );
                return done.Sum();
            }
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        var jobs = new List<Guid>();
        for (var i = 0; i < Jobs; i++)
            jobs.Add(await engine.SubmitAsync("test", new { needs = true }));
        foreach (var job in jobs)
            await engine.UntilTrueAsync(
                job,
                $"SELECT state = 'waiting' AND waiting_kind = 'service' AND waiting_detail = '{Service}' FROM job_runs WHERE job_id = '{job}'"
            );
        var calls = service.Calls.Count;

        // Their other branches are done, nobody holds a worker, and who does not need the service does not notice.
        Assert.Equal(
            (long)Jobs,
            await engine.ScalarAsync<long>("SELECT count(*) FROM steps WHERE name = 'plain' AND state = 'completed'")
        );
        Assert.Equal(0L, await engine.ScalarAsync<long>("SELECT count(*) FROM job_runs WHERE state = 'running'"));
        await engine.UntilAsync(await engine.SubmitAsync("test", new { needs = false }), "succeeded");
        Assert.Equal(calls, service.Calls.Count);
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                "SELECT count(*) FROM events WHERE type = 'anomaly' AND data::jsonb ->> 'kind' = 'circuitOpened'"
            )
        );
        var view = await engine.Get<ServiceQueries>().FindAsync(Service, Now);
        Assert.Equal(("open", Jobs), (view!.Circuit.State, view.Waiting));

        // Still down: one call finds that out.
        await engine.ShiftClockAsync("31 seconds");
        await UntilAsync(() => service.Calls.Count > calls);
        // Whoever was to look along the ramp has looked and parked again: a job that runs would lose its lease to the shift of the clock, and call again.
        await UntilAsync(async () =>
            await engine.ScalarAsync<bool>(
                "SELECT state = 'open' AND until > ac_now() AND NOT EXISTS (SELECT 1 FROM job_runs WHERE state IN ('queued', 'running')) AND NOT EXISTS (SELECT 1 FROM waits WHERE due_at < circuits.until) FROM circuits"
            )
        );
        await engine.ShiftClockAsync("10 seconds");
        Assert.Equal(calls + 1, service.Calls.Count);
        // It is the same outage, and was told.
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                "SELECT count(*) FROM events WHERE type = 'anomaly' AND data::jsonb ->> 'kind' = 'circuitOpened'"
            )
        );

        service.IsDown = false;
        await engine.ShiftClockAsync("31 seconds");
        foreach (var job in jobs)
            await engine.UntilAsync(job, "succeeded");
        Assert.Equal(calls + 1 + Jobs, service.Calls.Count);
        var served = service.Calls.Skip(calls + 1).ToArray();
        for (var place = 1; place < served.Length; place++)
        {
            var earliest = await engine.ScalarAsync<double>($"SELECT ac_ramp({place}, 1, 2)");
            var after = Stopwatch.GetElapsedTime(served[0], served[place]).TotalSeconds;
            Assert.True(
                after > earliest - 0.1,
                $"Call {place} went {after:0.00} s after the first, before {earliest:0.00} s."
            );
        }
        Assert.Empty(await new InvariantCheck(engine.Database).RunAsync(Now));
        Assert.Equal(
            0L,
            await engine.ScalarAsync<long>("SELECT count(*) FROM steps WHERE kind = 'service' OR attempt < 1")
        );
    }

    [Fact]
    public async Task What_a_branch_said_before_it_waits_is_told_once()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var service = new FakeService();
        var agent = TestAgent.Of(async job =>
        {
            job.Log("Before the call");
            return await job.StepAsync("ask", service.AnswerAsync, new() { Service = Service });
        });
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        await engine
            .Get<ServiceCommands>()
            .BlockAsync(Service, TimeSpan.FromMinutes(5), "New keys", EngineProcess.Ana, Now);
        var job = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(job, "waiting");
        Assert.Empty(service.Calls);
        await engine.ShiftClockAsync("6 minutes");
        await engine.UntilAsync(job, "succeeded");
        Assert.Equal(
            1L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events WHERE job_id = '{job}' AND message = 'Before the call'"
            )
        );
        Assert.Equal(1, await engine.ScalarAsync<int>($"SELECT attempt FROM steps WHERE job_id = '{job}'"));
    }

    [Fact]
    public async Task A_circuit_that_closes_while_a_branch_opens_its_wait_is_not_slept_past()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var service = new FakeService();
        await using var engine = await EngineProcess.StartAsync(
            database,
            [TestAgent.Of(job => AskAsync(job, service))],
            _settings
        );
        var circuits = engine.Get<Circuits>();
        await circuits.BlockAsync(Service, TimeSpan.FromDays(1), null, Blocked, Now);
        var job = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(job, "waiting");
        // Closed by somebody who did not see the wait.
        await circuits.WaitingAsync(job, "ask#1~service", Service);
        Assert.Equal("waiting", await engine.StateAsync(job));
        await engine.ExecuteAsync("UPDATE circuits SET state = 'closed', until = NULL, since = ac_now()");
        await circuits.WaitingAsync(job, "ask#1~service", Service);
        await engine.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_person_closes_a_circuit_and_it_is_written_down()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var service = new FakeService();
        var agent = TestAgent.Of(job => AskAsync(job, service));
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        var commands = engine.Get<ServiceCommands>();
        await commands.BlockAsync(Service, TimeSpan.FromDays(1), "New keys", EngineProcess.Ana, Now);
        var job = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(job, "waiting");
        Assert.True(await commands.ResetAsync(Service, EngineProcess.Ana, Now));
        await engine.UntilAsync(job, "succeeded");
        Assert.False(await commands.ResetAsync(Service, EngineProcess.Ana, Now));
        Assert.Equal(
            "service.blocked service.reset",
            await engine.ScalarAsync<string>(
                $"SELECT string_agg(action, ' ' ORDER BY id) FROM audit_log WHERE target = 'service:{Service}' AND actor_name = 'Ana'"
            )
        );
    }

    [Fact]
    public async Task Of_many_that_ask_a_circuit_whose_time_is_over_one_may_call_and_a_dead_probe_is_replaced()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _settings);
        await using var other = await EngineProcess.StartAsync(database, [], _settings);
        var (here, there) = (engine.Get<Circuits>(), other.Get<Circuits>());
        // Both have heard that the service is well.
        await here.EnterAsync(Service, "test", Now);
        await (await there.EnterAsync(Service, "test", Now)).SucceededAsync();
        for (var i = 0; i < 4; i++)
            await (await here.EnterAsync(Service, "test", Now)).FailedAsync(new ServiceFault { Status = 503 });
        await Assert.ThrowsAsync<CircuitWaitException>(() => here.EnterAsync(Service, "test", Now));
        // The other process is told, well before its own reading is old.
        await UntilAsync(async () =>
            await Record.ExceptionAsync(() => there.EnterAsync(Service, "test", Now)) is CircuitWaitException
        );

        await engine.ShiftClockAsync("31 seconds");
        var passes = await ManyAsync();
        Assert.Single(passes);
        await engine.ShiftClockAsync("301 seconds");
        var replaced = Assert.Single(await ManyAsync());
        // The old probe comes back too late to say anything.
        Assert.Null(await passes[0].SucceededAsync());
        Assert.NotNull(await replaced.SucceededAsync());

        async Task<CircuitPass[]> ManyAsync()
        {
            var asked = await Task.WhenAll(
                Enumerable
                    .Range(0, 20)
                    .Select(async i =>
                    {
                        try
                        {
                            return await (i % 2 == 0 ? here : there).EnterAsync(Service, "test", Now);
                        }
                        catch (CircuitWaitException)
                        {
                            return null;
                        }
                    })
            );
            return [.. asked.OfType<CircuitPass>()];
        }
    }

    [Fact]
    public async Task A_probe_whose_job_is_cancelled_makes_way_for_the_next()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        var held = new HoldPoint();
        var agent = TestAgent.Of(async job =>
            await job.StepAsync(
                "ask",
                async call =>
                {
                    await held.PassAsync(call.CancellationToken);
                    return 1;
                },
                new() { Service = Service, Timeout = TimeSpan.FromMinutes(2) }
            )
        );
        await using var engine = await EngineProcess.StartAsync(database, [agent], _settings);
        var circuits = engine.Get<Circuits>();
        await circuits.BlockAsync(Service, TimeSpan.FromMinutes(1), null, Blocked, Now);
        var job = await engine.SubmitAsync("test", new { });
        await engine.UntilAsync(job, "waiting");
        await engine.ShiftClockAsync("2 minutes");
        await held.Reached;
        await Assert.ThrowsAsync<CircuitWaitException>(() => circuits.EnterAsync(Service, "test", Now));
        await engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        await engine.UntilAsync(job, "cancelled");
        Assert.NotNull(await (await circuits.EnterAsync(Service, "test", Now)).SucceededAsync());
    }

    [Fact]
    public async Task A_database_that_is_away_takes_no_answer_from_a_call()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _settings);
        await using var away = Npgsql.NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=2");
        var circuits = new Circuits(
            new CircuitStore(away),
            engine.Get<ServicePolicies>(),
            engine.Get<ControlSender>(),
            engine.Get<TimerWaker>(),
            new ServiceChanges(),
            TimeProvider.System,
            NullLogger<Circuits>.Instance
        );
        await circuits.EnterAsync(Service, "test", Now);
        var probe = new CircuitPass(
            circuits,
            Service,
            "test",
            engine.Get<ServicePolicies>().Of(Service),
            Guid.NewGuid()
        );
        Assert.Null(await probe.SucceededAsync());
        Assert.False(await probe.FailedAsync(new ServiceFault { Status = 503 }));
        Assert.False(await probe.FailedAsync(null));
    }

    [Theory]
    [InlineData(429, "rate_limit_error", false)]
    [InlineData(401, null, false)]
    [InlineData(503, null, true)]
    public async Task Only_trouble_of_the_service_itself_opens_its_circuit(int status, string? code, bool opens)
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _settings);
        var circuits = engine.Get<Circuits>();
        var opened = false;
        for (var i = 0; i < 4; i++)
            opened |= await (await circuits.EnterAsync(Service, "test", Now)).FailedAsync(
                new ServiceFault { Status = status, Code = code }
            );
        Assert.Equal(opens, opened);
    }

    [Fact]
    public async Task Calls_that_succeed_count_against_the_ratio()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(database, [], _settings);
        var circuits = engine.Get<Circuits>();
        for (var i = 0; i < 10; i++)
            await (await circuits.EnterAsync(Service, "test", Now)).SucceededAsync();
        for (var i = 0; i < 9; i++)
            Assert.False(await FailAsync());
        Assert.True(await FailAsync());

        async Task<bool> FailAsync() =>
            await (await circuits.EnterAsync(Service, "test", Now)).FailedAsync(new ServiceFault { Status = 500 });
    }

    [Theory]
    [InlineData(0, 1, 2, 0)]
    [InlineData(1, 1, 2, 1)]
    [InlineData(2, 1, 2, 1.5)]
    [InlineData(3, 1, 2, 2)]
    [InlineData(7, 1, 2, 3)]
    [InlineData(5, 10, 2, 0.5)]
    [InlineData(10, 10, 2, 1)]
    [InlineData(20, 10, 2, 1.5)]
    [InlineData(6, 2, 1, 3)]
    public async Task A_ramp_lets_so_many_go_each_second(int place, double start, double factor, double seconds)
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var source = Npgsql.NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(
            FormattableString.Invariant(
                $"SELECT ac_ramp({place}, {start}, {factor}), ac_ramp_places({seconds}, {start}, {factor})"
            )
        );
        await using var row = await command.ExecuteReaderAsync(Now);
        await row.ReadAsync(Now);
        Assert.Equal(seconds, row.GetDouble(0), 6);
        Assert.Equal(place, row.GetDouble(1), 6);
    }

    private static async Task<object?> AskAsync(IJobContext job, FakeService service) =>
        await job.StepAsync("ask", service.AnswerAsync, new() { Service = Service });

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Now);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await holds())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    private sealed class FakeService
    {
        public bool IsDown { get; set; }

        /// <summary>When each call came.</summary>
        public ConcurrentQueue<long> Calls { get; } = [];

        public Task<int> AnswerAsync(StepCall call)
        {
            Calls.Enqueue(Stopwatch.GetTimestamp());
            return IsDown ? throw new ServiceException("down", new() { Status = 503 }) : Task.FromResult(1);
        }
    }
}
