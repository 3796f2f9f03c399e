using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Jobs;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Fixtures;

/// <summary>One engine for all tests of a class; each test brings its agents' code along.</summary>
public class SharedEngine(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Func<IJobContext, CancellationToken, Task<object?>>> codes = new();
    private TestDatabase? database;

    /// <summary>A service with the contract's policy at a tenth of its times. No test opens its circuit.</summary>
    public const string QuickService = "quick";

    private static readonly Dictionary<string, string?> _services = new()
    {
        [$"AgentControl:Services:{QuickService}:RequestTimeoutSeconds"] = "0.5",
        [$"AgentControl:Services:{QuickService}:ParkAfterSeconds"] = "0.5",
        [$"AgentControl:Services:{QuickService}:Retry:MaxRetries"] = "3",
        [$"AgentControl:Services:{QuickService}:Retry:BaseDelaySeconds"] = "0.05",
        [$"AgentControl:Services:{QuickService}:Retry:MaxDelaySeconds"] = "3",
        [$"AgentControl:Services:{QuickService}:Circuit:MinimumCalls"] = "10000",
    };

    /// <summary>What the engine is started with.</summary>
    protected virtual Dictionary<string, string?> Settings => _services;

    /// <summary>A pool of a test's own, whose connections it can tell by their name.</summary>
    public Npgsql.NpgsqlDataSource OpenPool(string name) =>
        Npgsql.NpgsqlDataSource.Create($"{database!.ConnectionString};Application Name={name}");

    /// <summary>A proxy before this engine's database.</summary>
    public ReplyThief OpenThief() => new(database!.ConnectionString);

    internal EngineProcess Engine { get; private set; } = null!;

    /// <summary>A second process on the same database.</summary>
    internal Task<EngineProcess> StartAnotherAsync(string role = "all") =>
        EngineProcess.StartAsync(database!, [Definition()], new(Settings) { ["AgentControl:Role"] = role });

    /// <summary>How often each step's body ran, by its StepId.</summary>
    public Effects Effects { get; } = new();

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        Engine = await EngineProcess.StartAsync(database, [Definition()], Settings);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Engine.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    /// <summary>An input that makes the agent run this code.</summary>
    public CodeInput Input(Func<IJobContext, CancellationToken, Task<object?>> code)
    {
        var key = Guid.NewGuid().ToString("n");
        codes[key] = code;
        return new CodeInput(key);
    }

    internal Task<Guid> StartAsync(
        Func<IJobContext, Task<object?>> code,
        Func<JobSubmission, JobSubmission>? with = null
    ) => StartAsync((job, _) => code(job), with);

    internal Task<Guid> StartAsync(
        Func<IJobContext, CancellationToken, Task<object?>> code,
        Func<JobSubmission, JobSubmission>? with = null
    ) => Engine.SubmitAsync("test", Input(code), with);

    private AgentDefinition Definition() =>
        TestAgent.Of(
            (input, job, cancellationToken) => codes[input.GetProperty("code").GetString()!](job, cancellationToken)
        );
}

/// <summary>The input of a job of <see cref="SharedEngine"/>.</summary>
public sealed record CodeInput(string Code);

/// <summary>Counts what steps do to the world outside.</summary>
public sealed class Effects
{
    private readonly ConcurrentDictionary<string, int> byId = new();

    /// <summary>A step's body as most tests need it.</summary>
    public Task<T> DoAsync<T>(StepCall call, T result)
    {
        byId.AddOrUpdate(call.StepId, 1, (_, count) => count + 1);
        return Task.FromResult(result);
    }

    public int Of(string stepId) => byId.GetValueOrDefault(stepId);

    public IReadOnlyCollection<int> Counts => [.. byId.Values];

    public void Clear() => byId.Clear();
}

/// <summary>A point that a step reaches and is held at until the test lets it go.</summary>
public sealed class HoldPoint
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => reached.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    public bool IsOpen => open.Task.IsCompleted;

    public void Open() => open.TrySetResult();

    /// <summary>For the step: tells that it is here and waits.</summary>
    public async Task PassAsync(CancellationToken cancellationToken = default)
    {
        reached.TrySetResult();
        await open.Task.WaitAsync(cancellationToken);
    }
}
