using System.Text.Json;
using AgentControl.Agents;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>The contract pipeline where a route is configured for it: the model reads, and the rules stand behind it.</summary>
public sealed class ContractsByModelTests(PostgresFixture postgres)
{
    private const string Text = "Alder Ltd pays EUR 1,200 a month. This agreement is governed by Irish law.";

    private static readonly object Input = new
    {
        documents = new[] { new { name = "a", text = Text }, new { name = "b", text = Text } },
        approval = "none",
    };

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task Documents_are_read_by_the_model_of_the_route(string provider)
    {
        await using var simulator = await ProviderSimulator.StartAsync(
            cancellationToken: TestContext.Current.CancellationToken
        );
        simulator.Answers.Use(Read);
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await StartAsync(database, simulator, provider);

        var id = await engine.SubmitAsync("contracts", Input);
        await engine.UntilAsync(id, "succeeded", 60);

        Assert.Equal("sim-1", (await engine.OutputAsync(id)).GetProperty("analyser").GetString());
        Assert.Equal(4, simulator.Calls.All.Count);
        var findings = await FindingsAsync(engine, id);
        Assert.All(
            findings,
            found =>
            {
                var party = found.GetProperty("parties")[0];
                Assert.Equal("Alder Ltd", party.GetProperty("text").GetString());
                Assert.Equal(0, party.GetProperty("start").GetInt32());
                Assert.Equal("This agreement is governed by Irish law.", found.GetProperty("summary").GetString());
            }
        );
    }

    [Fact]
    public async Task A_provider_that_turns_us_away_leaves_the_documents_to_the_rules()
    {
        await using var simulator = await ProviderSimulator.StartAsync(
            cancellationToken: TestContext.Current.CancellationToken
        );
        simulator.Faults.Add("unauthorized", f => f);
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await StartAsync(database, simulator, "anthropic");

        var id = await engine.SubmitAsync("contracts", Input);
        await engine.UntilAsync(id, "succeeded", 60);

        Assert.Equal("offline", (await engine.OutputAsync(id)).GetProperty("analyser").GetString());
        Assert.Equal(
            4L,
            await engine.ScalarAsync<long>(
                $"SELECT count(*) FROM events e JOIN jobs j ON j.id = e.job_id WHERE j.parent_id = '{id}' AND e.type = 'anomaly' AND e.data::jsonb ->> 'kind' = 'fallbackUsed'"
            )
        );
    }

    [Fact]
    public async Task A_model_that_was_asked_for_and_is_not_there_fails_the_batch_with_the_key_to_set()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var engine = await EngineProcess.StartAsync(database, [.. BuiltInAgents.All(synthetic: false)]);

        var id = await engine.SubmitAsync(
            "contracts",
            new { documents = new[] { new { name = "a", text = Text } }, analyser = "model" }
        );
        await engine.UntilAsync(id, "failed");

        Assert.Contains(
            "AgentControl:Models:contracts:Primary",
            await engine.ScalarAsync<string>(
                $"SELECT error::jsonb ->> 'message' FROM job_results WHERE job_id = '{id}'"
            ),
            StringComparison.Ordinal
        );
    }

    private static Task<EngineProcess> StartAsync(
        TestDatabase database,
        ProviderSimulator simulator,
        string provider
    ) =>
        EngineProcess.StartAsync(
            database,
            [.. BuiltInAgents.All(synthetic: false)],
            new()
            {
                [$"AgentControl:Providers:{provider}:ApiKey"] = "any",
                [$"AgentControl:Providers:{provider}:BaseUrl"] =
                    provider == "anthropic"
                        ? simulator.Address.AbsoluteUri
                        : new Uri(simulator.Address, "v1").AbsoluteUri,
                ["AgentControl:Models:contracts:Primary"] = $"{provider}:sim-1",
            }
        );

    /// <summary>A model that reads well.</summary>
    private static Answer Read(Conversation conversation) =>
        conversation.LastText.StartsWith("List", StringComparison.Ordinal)
            ? new(
                """
                { "parties": ["Alder Ltd"], "dates": [], "amounts": [{ "quote": "EUR 1,200", "value": 1200, "currency": "EUR" }],
                  "governingLaw": "governed by Irish law", "term": null, "clauses": [], "definedTerms": [] }
                """
            )
            : new("""{ "sentences": ["This agreement is governed by Irish law."] }""");

    private static async Task<IReadOnlyList<JsonElement>> FindingsAsync(EngineProcess engine, Guid batch)
    {
        var outputs = await engine.ScalarAsync<string[]>(
            $"SELECT array_agg(convert_from(r.output, 'UTF8')) FROM job_results r JOIN jobs j ON j.id = r.job_id WHERE j.parent_id = '{batch}'"
        );
        return [.. outputs.Select(o => JsonDocument.Parse(o).RootElement.GetProperty("findings"))];
    }
}
