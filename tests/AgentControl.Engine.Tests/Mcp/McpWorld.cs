using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Agents.Assistant;
using AgentControl.Agents.Mcp;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Mcp;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Tests.LanguageModels;
using AgentControl.Simulation;
using AgentControl.Simulation.Mcp;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Tests.Mcp;

/// <summary>An engine whose assistants use real MCP servers: one that is a program, one behind HTTP, both with the same script.</summary>
internal sealed class McpWorld : IAsyncDisposable
{
    public const string Program = "program";
    public const string Http = "http";

    /// <summary>What a child process must never see.</summary>
    public const string Secret = "AGENTCONTROL_TEST_SECRET";

    private static readonly (string, string)[] _quick =
    [
        ("AgentControl:Services:mcp:Retry:MaxRetries", "2"),
        ("AgentControl:Services:mcp:Retry:BaseDelaySeconds", "0.01"),
        ("AgentControl:Services:mcp:Circuit:MinimumCalls", "10000"),
    ];

    private ModelWorld world = null!;

    public McpSimulator Simulator { get; private init; } = null!;

    public ToolScript Script => Simulator.Script;

    public EngineProcess Engine => world.Engine;

    public ModelWorld Models => world;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <param name="change">Changes the servers' settings before the start.</param>
    public static async Task<McpWorld> StartAsync(
        PostgresFixture postgres,
        Func<McpServerSettings, McpServerSettings>? change = null
    )
    {
        Environment.SetEnvironmentVariable(Secret, "hunter2");
        var simulator = await McpSimulator.StartAsync(cancellationToken: Now);
        var made = new McpWorld { Simulator = simulator };
        McpServerSettings[] servers =
        [
            new(Program)
            {
                Command = "dotnet",
                Arguments = [McpSimulator.Program],
                Environment = new Dictionary<string, string>
                {
                    ["MCP_CONTROL"] = simulator.Address.AbsoluteUri,
                    ["GREETING"] = "hello",
                },
            },
            new(Http)
            {
                Url = simulator.Endpoint,
                Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer of-the-house" },
            },
        ];
        var all = servers.Select(change ?? (s => s)).ToList();
        made.world = await ModelWorld.StartAsync(
            postgres,
            Agents(),
            _quick,
            services: services => services.AddSingleton(s => new McpServers(all, s.GetRequiredService<McpPins>()))
        );
        return made;
    }

    /// <summary>The program ends, and another one takes over its jobs.</summary>
    public Task ReplaceAsync() => world.ReplaceAsync(Agents(), _quick);

    /// <summary>For each server one assistant that may use its tools at once, and one that asks.</summary>
    private static IReadOnlyList<AgentDefinition> Agents() =>
        [
            .. BuiltInAgents.All(
                synthetic: false,
                [
                    .. new[] { Program, Http }.SelectMany(server =>
                        new[]
                        {
                            new AssistantSettings($"free-{server}")
                            {
                                Route = "anthropic",
                                McpServers = [server],
                                Tools = new[] { "echo", "pay", "env" }.ToDictionary(
                                    t => McpNames.Of(server, t),
                                    _ => ToolPolicy.Allow
                                ),
                            },
                            new AssistantSettings($"careful-{server}") { Route = "openai", McpServers = [server] },
                        }
                    ),
                ]
            ),
        ];

    /// <summary>A task whose answers are these, one after the other.</summary>
    public async Task<Guid> StartAsync(string agent, params Answer[] rounds)
    {
        world.Simulator.Calls.Clear();
        world.Simulator.Answers.ByRound(rounds);
        return await Engine.SubmitAsync(agent, new AssistantInput("Do it."));
    }

    /// <summary>What the model was told of its calls by the last request.</summary>
    public IReadOnlyList<string> Results() => Assistants.AssistantWorld.ResultsOf(world.Simulator.Calls.All[^1]);

    /// <summary>The tools that the model was told of by the first request, as they stand there.</summary>
    public string Told() => world.Simulator.Calls.All[0].Body.GetProperty("tools").GetRawText();

    /// <summary>Name, state and service of the steps of tools.</summary>
    public Task<string> StepsAsync(Guid job) =>
        Engine.ScalarAsync<string>(
            $"SELECT COALESCE(string_agg(name || ' ' || state || ' ' || service, ', ' ORDER BY no), '') FROM steps WHERE job_id = '{job}' AND kind LIKE '%tool'"
        );

    /// <summary>The job's open question, when it is asked: its id, kind and content.</summary>
    public async Task<(Guid Id, string Kind, string Content)> AskedAsync(Guid job, string kind)
    {
        await Engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT FROM approvals WHERE job_id = '{job}' AND kind = '{kind}' AND state = 'pending') OR (SELECT state IN ('failed', 'succeeded') FROM job_runs WHERE job_id = '{job}')"
        );
        await using var command = Engine.Database.CreateCommand(
            $"SELECT id, kind, convert_from(content, 'UTF8') FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        await using var row = await command.ExecuteReaderAsync(Now);
        Assert.True(await row.ReadAsync(Now), await Engine.LogAsync(job));
        return (row.GetGuid(0), row.GetString(1), row.GetString(2));
    }

    public async Task DecideAsync(Guid approval, ApprovalDecision decision, object? value = null) =>
        Assert.IsType<DecideOutcome.Decided>(
            await Engine
                .Get<ApprovalCommands>()
                .DecideAsync(
                    approval,
                    decision,
                    1,
                    null,
                    value is null ? null : JsonSerializer.SerializeToElement(value),
                    Deciders.Ana,
                    Now
                )
        );

    public Task CancelAsync(Guid job) => Engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);

    public async ValueTask DisposeAsync()
    {
        // Calls that are held would hold up the end.
        await Simulator.DisposeAsync();
        await world.DisposeAsync();
    }
}
