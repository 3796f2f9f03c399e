using System.Text;
using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Agents.Assistant;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Tests.LanguageModels;
using AgentControl.Engine.Workspaces;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Assistants;

/// <summary>Assistants on a real engine whose model is a script behind real HTTP.</summary>
public sealed class AssistantWorld(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>May do everything at once.</summary>
    public static readonly AssistantSettings Free = new("free")
    {
        Route = "anthropic",
        Instructions = "Be quick.",
        Tools = Toolbox.Names.ToDictionary(t => t, _ => ToolPolicy.Allow),
        Agents = ["test"],
    };

    /// <summary>Asks before it writes.</summary>
    public static readonly AssistantSettings Careful = new("careful") { Route = "openai", MaxTurns = 6 };

    private ModelWorld world = null!;

    public ModelWorld Models => world;

    public PostgresFixture Postgres => postgres;

    internal EngineProcess Engine => world.Engine;

    public ProviderSimulator Simulator => world.Simulator;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        world = await ModelWorld.StartAsync(
            postgres,
            Agents(
                Free,
                Careful,
                Careful with
                {
                    Name = "denied",
                    Tools = new Dictionary<string, ToolPolicy> { ["write_file"] = ToolPolicy.Deny },
                }
            ),
            []
        );

    public ValueTask DisposeAsync() => world.DisposeAsync();

    public static IReadOnlyList<AgentDefinition> Agents(params AssistantSettings[] settings) =>
        [.. BuiltInAgents.All(synthetic: false, settings, privateHosts: ["house.test"])];

    /// <summary>A task whose answers are these, one after the other.</summary>
    public async Task<Guid> StartAsync(string agent, params Answer[] rounds)
    {
        Simulator.Calls.Clear();
        Simulator.Answers.ByRound(rounds);
        return await Engine.SubmitAsync(agent, new AssistantInput("Do it."));
    }

    /// <summary>The open question of a job: its id, content, fingerprint and possible decisions.</summary>
    public async Task<Asked> AskedAsync(Guid job)
    {
        await Engine.UntilTrueAsync(
            job,
            $"SELECT EXISTS (SELECT FROM approvals WHERE job_id = '{job}' AND state = 'pending') OR (SELECT state IN ('failed', 'succeeded') FROM job_runs WHERE job_id = '{job}')"
        );
        await using var command = Engine.Database.CreateCommand(
            $"SELECT id, kind, convert_from(content, 'UTF8'), encode(sha256, 'hex'), array_to_string(decisions, ' ') FROM approvals WHERE job_id = '{job}' AND state = 'pending'"
        );
        await using var row = await command.ExecuteReaderAsync(Now);
        Assert.True(await row.ReadAsync(Now), await Engine.LogAsync(job));
        return new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4));
    }

    public async Task DecideAsync(
        Asked asked,
        ApprovalDecision decision,
        object? value = null,
        string? comment = null
    ) => Assert.IsType<DecideOutcome.Decided>(await TryDecideAsync(asked, decision, value, comment));

    public async Task<DecideOutcome> TryDecideAsync(
        Asked asked,
        ApprovalDecision decision,
        object? value = null,
        string? comment = null
    ) =>
        await Engine
            .Get<ApprovalCommands>()
            .DecideAsync(
                asked.Id,
                decision,
                1,
                comment,
                value is null ? null : JsonSerializer.SerializeToElement(value),
                Deciders.Ana,
                Now
            );

    /// <summary>What the model was told of its calls, in order, by the last request.</summary>
    public IReadOnlyList<string> Results() => ResultsOf(Simulator.Calls.All[^1]);

    public static IReadOnlyList<string> ResultsOf(Call call) =>
        [.. call.Body.GetProperty("messages").EnumerateArray().SelectMany(Results)];

    private static IEnumerable<string> Results(JsonElement message)
    {
        if (message.GetProperty("role").GetString() == "tool")
            yield return message.GetProperty("content") is { ValueKind: JsonValueKind.String } text
                ? text.GetString()!
                : message.GetProperty("content")[0].GetProperty("text").GetString()!;
        else if (message.TryGetProperty("content", out var parts) && parts.ValueKind == JsonValueKind.Array)
            foreach (var part in parts.EnumerateArray().Where(p => p.GetProperty("type").GetString() == "tool_result"))
                yield return part.GetProperty("content") is { ValueKind: JsonValueKind.String } plain
                    ? plain.GetString()!
                    : part.GetProperty("content")[0].GetProperty("text").GetString()!;
    }

    public async Task<string?> FileAsync(string path)
    {
        await using var file = await Engine
            .Get<WorkspaceFileQueries>()
            .OpenAsync(WorkspaceName.Default, WorkspacePath.Of(path), null, Now);
        if (file is null)
            return null;
        using var reader = new StreamReader(file.Content, Encoding.UTF8);
        return await reader.ReadToEndAsync(Now);
    }

    public async Task WriteAsync(string path, string text) =>
        await Engine
            .Get<WorkspaceFiles>()
            .WriteAsync(
                new FileWrite(
                    Guid.CreateVersion7(),
                    WorkspaceName.Default,
                    WorkspacePath.Of(path),
                    Author.Person("Ana")
                ),
                new MemoryStream(Encoding.UTF8.GetBytes(text)),
                Now
            );
}

/// <summary>A question as a person sees it.</summary>
public sealed record Asked(Guid Id, string Kind, string Content, string Sha256, string Decisions);
