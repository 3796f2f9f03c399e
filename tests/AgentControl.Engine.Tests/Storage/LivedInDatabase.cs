using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Npgsql;

namespace AgentControl.Engine.Tests.Storage;

/// <summary>A database in which an engine has worked and stopped: jobs in every resting state, children, a fork, a successor. Its guards are taken away, so that tests can break it.</summary>
public sealed class LivedInDatabase(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Tables =
    [
        "job_runs",
        "job_results",
        "steps",
        "events",
        "waits",
        "approvals",
        "child_groups",
        "child_ends",
    ];

    private TestDatabase? database;

    public NpgsqlDataSource Data { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using (
            var engine = await EngineProcess.StartAsync(
                database,
                [TestAgent.Of((input, job, _) => RunAsync(input.GetProperty("code").GetString()!, job))]
            )
        )
            await LiveAsync(engine);
        Data = NpgsqlDataSource.Create(database.ConnectionString);
        await ExecuteAsync(
            "DROP TRIGGER events_append_only ON events; DROP TRIGGER job_runs_state ON job_runs; CREATE SCHEMA whole;"
                + string.Concat(Tables.Select(t => $"CREATE TABLE whole.{t} AS TABLE {t};"))
        );
    }

    /// <summary>As the engine left it.</summary>
    public Task MendAsync() =>
        ExecuteAsync(
            $"TRUNCATE {string.Join(", ", Tables)}, approval_snoozes;"
                + string.Concat(Tables.Select(t => $"INSERT INTO {t} SELECT * FROM whole.{t};"))
        );

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Data.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Data is not null)
            await Data.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    private static async Task LiveAsync(EngineProcess engine)
    {
        var stop = TestContext.Current.CancellationToken;
        var ends = new Dictionary<string, string>
        {
            ["steps"] = "succeeded",
            ["parent"] = "succeeded",
            ["broken"] = "failed",
            ["ask"] = "waiting",
            ["listen"] = "waiting",
            ["again"] = "succeeded",
        };
        var jobs = new Dictionary<string, Guid>();
        foreach (var code in ends.Keys)
            jobs[code] = await engine.SubmitAsync("test", new { code }, s => s with { Name = code });
        var (paused, cancelled) = (await SleepingAsync("paused"), await SleepingAsync("cancelled"));
        foreach (var (code, state) in ends)
            await engine.UntilAsync(jobs[code], state);
        await engine.Jobs.PauseAsync(paused, EngineProcess.Ana, null, stop);
        await engine.Jobs.CancelAsync(cancelled, EngineProcess.Ana, null, stop);
        var fork = Assert.IsType<SubmitOutcome.Accepted>(
            await engine.Jobs.ForkAsync(jobs["steps"], "work#5", null, EngineProcess.Ana, stop)
        );
        await engine.UntilAsync(fork.Id, "succeeded");
        var successor = await engine.ScalarAsync<Guid>(
            $"SELECT continued_as FROM job_results WHERE job_id = '{jobs["again"]}'"
        );
        await engine.UntilAsync(successor, "succeeded");
        await engine.SubmitAsync(
            "test",
            new { code = "steps" },
            s => s with { RunAt = DateTimeOffset.UtcNow.AddYears(1) }
        );

        async Task<Guid> SleepingAsync(string name)
        {
            var job = await engine.SubmitAsync("test", new { code = "sleep" }, s => s with { Name = name });
            await engine.UntilAsync(job, "waiting");
            return job;
        }
    }

    private static async Task<object?> RunAsync(string code, IJobContext job)
    {
        switch (code)
        {
            case "parent":
                var children = new[] { "steps", "steps", "broken" }.Select(c => new { code = c }).ToArray();
                return await job.WhenChildrenFinish(await job.SpawnAsync("test", children));
            case "broken":
                throw new PermanentFailureException("broken", "Broken on purpose");
            case "ask":
                return await job.RequestApprovalAsync(new ApprovalRequest { Title = "May it?" });
            case "listen":
                return await job.WaitForSignalAsync<JsonElement>("go");
            case "sleep":
                await job.SleepAsync(TimeSpan.FromDays(1));
                return null;
            case "again":
                await job.ContinueAsNewAsync(new { code = "steps" });
                return null;
            default:
                for (var i = 1; i <= 5; i++)
                    await job.StepAsync("work", _ => Task.FromResult(i));
                return "done";
        }
    }
}
