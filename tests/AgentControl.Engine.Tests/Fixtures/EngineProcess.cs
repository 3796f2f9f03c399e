using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;
using AgentControl.Engine;
using AgentControl.Engine.Access;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Tests.Fixtures;

/// <summary>One engine as a process would run it, on a real database, without the web in front.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    public static readonly Actor Ana = new("person:ana", "Ana", "test");
    private readonly IHost host;
    private readonly string files;

    private EngineProcess(IHost host, string files) => (this.host, this.files) = (host, files);

    public IServiceProvider Services => host.Services;

    public JobCommands Jobs => Get<JobCommands>();

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    public static async Task<EngineProcess> StartAsync(
        TestDatabase database,
        IReadOnlyList<AgentDefinition> agents,
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null
    )
    {
        var files = Path.Combine(Path.GetTempPath(), "agentcontrol-tests", Guid.NewGuid().ToString("n"));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:AgentControl"] = database.ConnectionString + ";Maximum Pool Size=30",
                ["AgentControl:DataDirectory"] = files,
            }
        );
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddEngine(builder.Configuration);
        builder.Services.AddWorkspaces(builder.Configuration);
        builder.Services.AddQueries();
        foreach (var agent in agents)
            builder.Services.AddSingleton(agent);
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new EngineProcess(host, files);
    }

    public async Task<Guid> SubmitAsync(
        string agent,
        object input,
        Func<JobSubmission, JobSubmission>? with = null,
        Actor? by = null
    )
    {
        var job = new JobSubmission
        {
            Agent = agent,
            Input = JsonSerializer.SerializeToElement(input, JournalJson.Options),
        };
        var outcome = await Jobs.SubmitAsync(
            with?.Invoke(job) ?? job,
            by ?? Ana,
            null,
            TestContext.Current.CancellationToken
        );
        return Assert.IsType<SubmitOutcome.Accepted>(outcome).Id;
    }

    /// <summary>Waits by the feed until the job's row has the state; fails after a while with the job's whole log.</summary>
    public async Task UntilAsync(Guid job, string state, int seconds = 120)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        using var changed = new SemaphoreSlim(0);
        using var watch = Get<EventFeed>().Subscribe(job, _ => changed.Release());
        while (await StateAsync(job) != state)
        {
            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Job {job} is {await StateAsync(job)}, not {state}:\n{await LogAsync(job)}");
            }
        }
    }

    /// <summary>As if the job's worker had died: its lease ends, and the sweeper takes the job up.</summary>
    public async Task LoseWorkerAsync(Guid job) =>
        await LoseWorkerAsync(job, await ScalarAsync<int>($"SELECT epoch FROM job_runs WHERE job_id = '{job}'"));

    /// <summary>For code that plays its own death: of this attempt and no later one.</summary>
    public async Task LoseWorkerAsync(Guid job, int epoch)
    {
        using var changed = new SemaphoreSlim(0);
        using var watch = Get<EventFeed>().Subscribe(job, _ => changed.Release());
        while (
            await ExecuteAsync(
                $"UPDATE job_runs SET lease_until = ac_now() - interval '1 minute' WHERE job_id = '{job}' AND state = 'running' AND epoch = {epoch}"
            ) == 1
        )
        {
            Get<LeaseSweeper>().Ring();
            await changed.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits by the feed until a query says true.</summary>
    public async Task UntilTrueAsync(Guid job, string sql)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var changed = new SemaphoreSlim(0);
        using var watch = Get<EventFeed>().Subscribe(job, _ => changed.Release());
        while (!await ScalarAsync<bool>(sql))
        {
            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Never true: {sql}\n{await LogAsync(job)}");
            }
        }
    }

    /// <summary>Test time goes on; whoever waits for a time looks again.</summary>
    public async Task ShiftClockAsync(string interval)
    {
        await ExecuteAsync($"UPDATE clock SET shift = shift + interval '{interval}'");
        Get<TimerWaker>().Ring();
        Get<LeaseSweeper>().Ring();
    }

    public async Task<string> StateAsync(Guid job) =>
        await ScalarAsync<string>($"SELECT state FROM job_runs WHERE job_id = '{job}'");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    public async Task<JsonElement> OutputAsync(Guid job) =>
        JournalJson.Deserialize<JsonElement>(
            await ScalarAsync<byte[]>($"SELECT output FROM job_results WHERE job_id = '{job}'")
        );

    public async Task<string> LogAsync(Guid job) =>
        await ScalarAsync<string>(
            $"SELECT COALESCE(string_agg(no || ' ' || type || ' ' || message, E'\\n' ORDER BY no), '') FROM events WHERE job_id = '{job}'"
        );

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        if (Directory.Exists(files))
            Directory.Delete(files, recursive: true);
    }
}
