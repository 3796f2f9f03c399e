using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.LanguageModels;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Simulation;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>An engine on a real database whose providers are a simulator behind real HTTP, and jobs that run a test's own code.</summary>
public sealed class ModelWorld : IAsyncDisposable
{
    public const string Model = "sim-1";
    private readonly ConcurrentDictionary<string, Func<IJobContext, IModels, Task<object?>>> codes = new();
    private TestDatabase database = null!;
    private Action<IServiceCollection>? services;

    /// <summary>The providers' names, one for each way to speak.</summary>
    public static readonly string[] Providers = ["anthropic", "openai", "responses", "local"];

    internal EngineProcess Engine { get; private set; } = null!;

    public ProviderSimulator Simulator { get; private set; } = null!;

    public IModels Models => Engine.Get<IModels>();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <summary>Everything quick: no test waits for the product's own limits.</summary>
    private static Dictionary<string, string?> Quick(string service) =>
        new()
        {
            [$"AgentControl:Services:{service}:Retry:MaxRetries"] = "2",
            [$"AgentControl:Services:{service}:Retry:BaseDelaySeconds"] = "0.01",
            [$"AgentControl:Services:{service}:Circuit:MinimumCalls"] = "10000",
            [$"AgentControl:Services:{service}:FirstTokenTimeoutSeconds"] = "20",
        };

    public static Task<ModelWorld> StartAsync(PostgresFixture postgres, params (string Key, string Value)[] settings) =>
        StartAsync(postgres, [], settings);

    /// <param name="more">Agents beside the one that runs a test's own code.</param>
    public static async Task<ModelWorld> StartAsync(
        PostgresFixture postgres,
        IReadOnlyList<AgentDefinition> more,
        (string Key, string Value)[] settings,
        Action<IServiceCollection>? services = null
    )
    {
        var world = new ModelWorld
        {
            services = services,
            Simulator = await ProviderSimulator.StartAsync(cancellationToken: Now),
            database = await postgres.CreateDatabaseAsync(Now),
        };
        await world.BeginAsync(more, settings);
        return world;
    }

    /// <summary>The program ends, and another one goes on with its database: a newer version, or another configuration.</summary>
    public async Task ReplaceAsync(IReadOnlyList<AgentDefinition> more, params (string Key, string Value)[] settings)
    {
        await Engine.DisposeAsync();
        await BeginAsync(more, settings);
    }

    private async Task BeginAsync(IReadOnlyList<AgentDefinition> more, (string Key, string Value)[] settings)
    {
        var all = Providers.SelectMany(Quick).ToDictionary(StringComparer.Ordinal);
        var v1 = new Uri(Simulator.Address, "v1").AbsoluteUri;
        (string Name, string Type, string Url)[] providers =
        [
            ("anthropic", "anthropic", Simulator.Address.AbsoluteUri),
            ("openai", "openai", v1),
            ("responses", "openai-responses", v1),
            ("local", "openai-compatible", v1),
        ];
        foreach (var (name, type, url) in providers)
        {
            all[$"AgentControl:Providers:{name}:Type"] = type;
            all[$"AgentControl:Providers:{name}:ApiKey"] = $"key-of-{name}";
            all[$"AgentControl:Providers:{name}:BaseUrl"] = url;
            all[$"AgentControl:Models:{name}:Primary"] = $"{name}:{Model}";
        }
        all["AgentControl:Models:both:Primary"] = $"anthropic:{Model}";
        all["AgentControl:Models:both:Fallback:0"] = $"openai:{Model}";
        foreach (var (key, value) in settings)
            all[key] = value;
        Engine = await EngineProcess.StartAsync(
            database,
            [TestAgent.Of((input, job, _) => codes[input.GetProperty("code").GetString()!](job, Models)), .. more],
            all,
            services
        );
    }

    public Task<Guid> RunAsync(Func<IJobContext, IModels, Task<object?>> code, string? budget = null) =>
        Engine.SubmitAsync(
            "test",
            new CodeInput(Code(code)),
            job => budget is null ? job : job with { Budget = JsonElement.Parse(budget) }
        );

    /// <summary>The name under which an input finds this code.</summary>
    public string Code(Func<IJobContext, IModels, Task<object?>> code)
    {
        var key = Guid.NewGuid().ToString("n");
        codes[key] = code;
        return key;
    }

    /// <summary>A job that asks a route once.</summary>
    public Task<Guid> AskAsync(string route, string text = "Hello") =>
        RunAsync(async (job, models) => await job.AskModelAsync(models, "ask", route, ModelRequest.Of(text)));

    /// <summary>Type and message of the job's error.</summary>
    public async Task<(string Type, string Message)> ErrorAsync(Guid job) =>
        (
            await Engine.ScalarAsync<string>($"SELECT error::jsonb ->> 'type' FROM job_results WHERE job_id = '{job}'"),
            await Engine.ScalarAsync<string>(
                $"SELECT error::jsonb ->> 'message' FROM job_results WHERE job_id = '{job}'"
            )
        );

    /// <summary>The delays of the job's retries, in order.</summary>
    public Task<double[]> DelaysAsync(Guid job) =>
        Engine.ScalarAsync<double[]>(
            $"SELECT COALESCE(array_agg((data::jsonb ->> 'delaySeconds')::float8 ORDER BY no), '{{}}') FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
        );

    public Task<string> AnomaliesAsync(Guid job) =>
        Engine.ScalarAsync<string>(
            $"SELECT COALESCE(string_agg(data::jsonb ->> 'kind', ' ' ORDER BY no), '') FROM events WHERE job_id = '{job}' AND type = 'anomaly'"
        );

    /// <summary>Name, state and service of the job's model steps, in order.</summary>
    public Task<string> StepsAsync(Guid job) =>
        Engine.ScalarAsync<string>(
            $"SELECT COALESCE(string_agg(key || ' ' || state || ' ' || service, ', ' ORDER BY no), '') FROM steps WHERE job_id = '{job}' AND kind = 'model'"
        );

    public async ValueTask DisposeAsync()
    {
        Simulator.Faults.Clear();
        await Engine.DisposeAsync();
        await Simulator.DisposeAsync();
        await database.DisposeAsync();
    }
}

/// <summary>One world for all tests of a class; each begins without faults.</summary>
public sealed class SharedModelWorld(PostgresFixture postgres) : IAsyncLifetime
{
    public ModelWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync() => World = await ModelWorld.StartAsync(postgres);

    public ValueTask DisposeAsync() => World.DisposeAsync();

    public ModelWorld Fresh()
    {
        World.Simulator.Faults.Clear();
        World.Simulator.Answers.Reset();
        World.Simulator.Calls.Clear();
        return World;
    }
}
