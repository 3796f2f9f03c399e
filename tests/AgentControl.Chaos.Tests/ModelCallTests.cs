using AgentControl.Simulation;
using AgentControl.Simulation.Faults;
using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

/// <summary>The process dies while a model speaks: what it had answered before is never asked for again.</summary>
[Collection("one after the other")]
public sealed class ModelCallTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recorded_answer_is_never_asked_for_again_and_a_cut_one_is_asked_for_once_more()
    {
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        settings["AgentControl__Providers__anthropic__ApiKey"] = "key";
        settings["AgentControl__Providers__anthropic__BaseUrl"] = simulator.Address.AbsoluteUri;
        settings["AgentControl__Models__chaos__Primary"] = "anthropic:sim-1";
        world.Look(database.ConnectionString);
        simulator.Answers.Use(conversation =>
        {
            // The fourth question is the one that the process dies of, once.
            if (conversation.LastText == "Question 3" && simulator.Faults.All.Count == 0)
                simulator.Faults.Add("hold", fault => fault with { Times = 1 });
            return null;
        });
        var host = await HostProcess.StartAsync(settings);
        try
        {
            var job = (await host.SubmitAsync("model", """{"calls":6}"""))!.Value;
            await simulator.Faults.HeldAsync(Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
            await host.KillAsync();
            await host.DisposeAsync();
            await world.EndLeasesAsync();
            host = await HostProcess.StartAsync(settings);
            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");

            Assert.Equal(
                [1, 1, 1, 2, 1, 1],
                simulator
                    .Calls.All.GroupBy(c => c.Body.GetProperty("messages")[0].GetRawText(), StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => g.Count())
            );
            Assert.Equal(
                "\"" + string.Join('|', Enumerable.Range(1, 6).Select(i => $"You said: Question {i}")) + "\"",
                await world.AskAsync<string>(
                    $"SELECT convert_from(output, 'UTF8') FROM job_results WHERE job_id = '{job}'"
                )
            );
            Assert.Equal(
                "6 model steps, 1 recovery",
                await world.AskAsync<string>(
                    $"SELECT count(*) || ' model steps, ' || (SELECT recoveries FROM job_runs WHERE job_id = '{job}') || ' recovery' FROM steps WHERE job_id = '{job}' AND kind = 'model' AND state = 'completed'"
                )
            );
        }
        finally
        {
            await host.DisposeAsync();
        }
    }
}
