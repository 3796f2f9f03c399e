using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Tests.Agents;

/// <summary>Agents that people define in one process and that another one runs.</summary>
public sealed class DefinitionTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_one_process_defines_another_runs()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var web = await StartAsync(database, "web");
        await using var worker = await StartAsync(database, "worker");

        await SaveAsync(web, 0, "first");
        var one = await web.SubmitAsync("greeter", new { });
        await web.UntilAsync(one, "succeeded");
        Assert.Equal("first", (await web.OutputAsync(one)).GetString());

        await SaveAsync(web, 1, "second");
        await worker.Get<DefinitionLoader>().LoadAsync(Now);
        var two = await web.SubmitAsync("greeter", new { });
        await web.UntilAsync(two, "succeeded");
        Assert.Equal("second", (await web.OutputAsync(two)).GetString());
    }

    [Fact]
    public async Task A_process_that_starts_later_knows_it_from_its_start_and_a_stale_save_is_refused()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var first = await StartAsync(database, "web");
        await SaveAsync(first, 0, "hello");
        await using var later = await StartAsync(database, "web");
        Assert.NotNull(later.Get<AgentCatalog>().FindOpen("greeter"));

        var stale = await later
            .Get<DefinitionCommands>()
            .SaveAsync("greeter", 0, Settings("other"), EngineProcess.Ana, Now);
        Assert.Equal(1, Assert.IsType<DefinitionOutcome.Changed>(stale).Version);
    }

    private static async Task SaveAsync(EngineProcess engine, int version, string word) =>
        Assert.IsType<DefinitionOutcome.Saved>(
            await engine.Get<DefinitionCommands>().SaveAsync("greeter", version, Settings(word), EngineProcess.Ana, Now)
        );

    private static JsonElement Settings(string word) => JsonSerializer.SerializeToElement(new { word });

    private static Task<EngineProcess> StartAsync(TestDatabase database, string role) =>
        EngineProcess.StartAsync(
            database,
            [],
            new() { ["AgentControl:Role"] = role },
            services => services.AddSingleton<IDefinedAgents>(new Greeters())
        );

    private sealed class Greeters : IDefinedAgents
    {
        public Task<IReadOnlyDictionary<string, string[]>> CheckAsync(
            string name,
            JsonElement settings,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyDictionary<string, string[]>>(new Dictionary<string, string[]>());

        public AgentDefinition Make(string name, string settings)
        {
            var word = JsonElement.Parse(settings).GetProperty("word").GetString();
            return AgentDefinition.Of<TestAgent, JsonElement, object?>(
                _ => new TestAgent((_, _, _) => Task.FromResult<object?>(word)),
                new AgentAttribute(name, "1")
            );
        }
    }
}
