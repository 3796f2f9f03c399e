using AgentControl.Simulation;
using AgentControl.Simulation.Mcp;
using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

/// <summary>The process dies in a call of an MCP server that is its child: what only reads runs again, and what must not run twice is left to a person.</summary>
[Collection("one after the other")]
public sealed class McpCallTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kill_in_a_call_repeats_what_reads_and_asks_about_what_pays_and_leaves_no_server_behind()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var models = await ProviderSimulator.StartAsync(cancellationToken: Now);
        await using var desk = await McpSimulator.StartAsync(cancellationToken: Now);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        settings["AgentControl__Providers__anthropic__ApiKey"] = "key";
        settings["AgentControl__Providers__anthropic__BaseUrl"] = models.Address.AbsoluteUri;
        settings["AgentControl__Models__chaos__Primary"] = "anthropic:sim-1";
        settings["Desk__Program"] = McpSimulator.Program;
        settings["Desk__Control"] = desk.Address.AbsoluteUri;
        world.Look(database.ConnectionString);
        models.Answers.ByRound(
            Answer.Call("desk__echo", """{"text":"a"}"""),
            Answer.Call("desk__pay", """{"amount":10}"""),
            new Answer("Done.")
        );
        // The process dies of the first call of each tool.
        var held = new HashSet<string>(StringComparer.Ordinal);
        desk.Script.Use(
            async (tool, _, stop) =>
            {
                if (held.Add(tool))
                    await Task.Delay(Timeout.Infinite, stop);
                return new Reply("fine");
            }
        );
        var host = await HostProcess.StartAsync(settings);
        try
        {
            var job = (await host.SubmitAsync("assistant", """{"task":"Pay."}"""))!.Value;
            host = await DieInCallAsync(1, 1, host, desk, world, settings);
            host = await DieInCallAsync(3, 2, host, desk, world, settings);
            await world.UntilAsync(
                $"SELECT state = 'waiting' AND waiting_kind = 'approval' FROM job_runs WHERE job_id = '{job}'"
            );
            var question = await world.AskAsync<Guid>(
                $"SELECT id FROM approvals WHERE job_id = '{job}' AND state = 'pending' AND kind = 'outcomeUnknown'"
            );
            await host.OrderAsync($"""answer {question} "It was paid." """, "answered Decided");
            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");

            Assert.Equal(
                ["""echo {"text":"a"}""", """echo {"text":"a"}""", """pay {"amount":10}"""],
                desk.Script.Calls
            );
            // Each answer of the model was recorded before its tool ran.
            Assert.Equal(3, models.Calls.Count);
            await world.CheckAsync(2);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>Kills the process in this call, sees its server go with it, and starts the next one.</summary>
    private static async Task<HostProcess> DieInCallAsync(
        int call,
        int died,
        HostProcess host,
        McpSimulator desk,
        World world,
        Dictionary<string, string> settings
    )
    {
        await desk.Script.UntilAsync(call, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await host.KillAsync();
        await desk.Script.UntilCancelledAsync(died, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
        await host.DisposeAsync();
        await world.EndLeasesAsync();
        return await HostProcess.StartAsync(settings);
    }
}
