using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Chaos.Tests;

/// <summary>A model works forty turns with tools while its process is killed ten times: nothing that was answered is asked again, and the end is the same.</summary>
[Collection("one after the other")]
public sealed class AssistantTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Turns = 40;
    private const int Kills = 10;
    private const int TurnsAKill = Turns / Kills;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_kills_in_forty_turns_ask_no_answered_question_again_and_end_as_without_them()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var dice = new Random(seed);
        await using var database = await postgres.CreateDatabaseAsync(Now);
        await using var simulator = await ProviderSimulator.StartAsync(cancellationToken: Now);
        await using var world = new World();
        var settings = world.Settings(database.ConnectionString);
        settings["AgentControl__Providers__anthropic__ApiKey"] = "key";
        settings["AgentControl__Providers__anthropic__BaseUrl"] = simulator.Address.AbsoluteUri;
        settings["AgentControl__Models__chaos__Primary"] = "anthropic:sim-1";
        world.Look(database.ConnectionString);
        // Where the next kill has come by: the model says nothing more to whoever gets there.
        var bound = int.MaxValue;
        simulator.Answers.Use(conversation =>
        {
            if (conversation.Round >= Volatile.Read(ref bound) && simulator.Faults.All.Count == 0)
                simulator.Faults.Add("hold", fault => fault with { Times = 1 });
            return Script(conversation);
        });
        var host = await HostProcess.StartAsync(settings);
        try
        {
            var calm = (await host.SubmitAsync("assistant", """{"task":"Count."}"""))!.Value;
            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{calm}'");
            var expected = await AnswerAsync(world, calm);
            simulator.Calls.Clear();
            Volatile.Write(ref bound, TurnsAKill);
            var job = (await host.SubmitAsync("assistant/50", """{"task":"Count."}"""))!.Value;
            var asked = 0;
            for (var kill = 1; kill <= Kills; kill++)
            {
                // At any moment of the next turns.
                await simulator
                    .Calls.UntilAsync(dice.Next(1, TurnsAKill + 1), Now)
                    .WaitAsync(TimeSpan.FromMinutes(1), Now);
                await Task.Delay(dice.Next(0, 30), Now);
                await host.KillAsync();
                await host.DisposeAsync();
                // Nobody but the database knows now what was answered.
                var recorded = await world.AskAsync<long>(
                    $"SELECT count(*) FROM steps WHERE job_id = '{job}' AND kind = 'model' AND state = 'completed'"
                );
                asked += simulator.Calls.Count;
                simulator.Calls.Clear();
                simulator.Faults.Clear();
                Volatile.Write(ref bound, kill == Kills ? int.MaxValue : Math.Min((kill + 1) * TurnsAKill, Turns - 1));
                await world.EndLeasesAsync();
                host = await HostProcess.StartAsync(settings);
                await simulator.Calls.UntilAsync(1, Now).WaitAsync(TimeSpan.FromMinutes(1), Now);
                Assert.All(
                    simulator.Calls.All,
                    call =>
                        Assert.True(
                            Round(call) >= recorded,
                            $"turn {Round(call) + 1} of {recorded} recorded ones was asked again"
                        )
                );
            }
            await world.UntilAsync($"SELECT state = 'succeeded' FROM job_runs WHERE job_id = '{job}'");

            asked += simulator.Calls.Count;
            output.WriteLine($"{asked} calls for {Turns} turns");
            // Only the one call that a kill cut off comes again.
            Assert.InRange(asked, Turns, Turns + Kills);
            Assert.Equal(expected, await AnswerAsync(world, job));
            Assert.Equal(
                Turns,
                await world.AskAsync<long>(
                    $"SELECT count(*) FROM steps WHERE job_id = '{job}' AND kind = 'model' AND state = 'completed'"
                )
            );
            // A kill while the job waited for its approval took no worker from it.
            Assert.InRange(
                await world.AskAsync<int>($"SELECT recoveries FROM job_runs WHERE job_id = '{job}'"),
                1,
                Kills
            );
            // Each file was written once by each of the two jobs.
            Assert.Equal(2L, await world.AskAsync<long>("SELECT max(version)::bigint FROM workspace_file_versions"));
            await world.CheckAsync(Kills);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>Every answer is made of the whole conversation so far, so one lost or changed word changes the end.</summary>
    private static Answer Script(Conversation conversation)
    {
        var round = conversation.Round;
        var heard = Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Join(
                        '\n',
                        conversation.Turns.SelectMany(t => t.Results.Select(r => Steady(r.Text)).Append(t.Role))
                    )
                )
            )
        )[..16];
        if (round == Turns - 1)
            return new Answer($"The end: {heard}");
        return (round % 4) switch
        {
            0 => Answer.Call("stash", $$"""{"key":"note","value":"{{heard}}"}""", $"Turn {round + 1}"),
            1 => Answer.Call("recall", """{"key":"note"}"""),
            2 => Answer.Call(
                "write_file",
                $$"""{"path":"out/{{round.ToString(CultureInfo.InvariantCulture)}}.txt","text":"{{heard}}"}"""
            ),
            _ => Answer.Call(
                "read_file",
                $$"""{"path":"out/{{(round - 1).ToString(CultureInfo.InvariantCulture)}}.txt"}"""
            ),
        };
    }

    /// <summary>The second job writes the second version of each file.</summary>
    private static string Steady(string result) => result.Replace("version 2", "version 1", StringComparison.Ordinal);

    /// <summary>How often the model had spoken when it was asked.</summary>
    private static int Round(Call call) =>
        call.Body.GetProperty("messages").EnumerateArray().Count(m => m.GetProperty("role").GetString() == "assistant");

    private static async Task<string> AnswerAsync(World world, Guid job) =>
        JsonDocument
            .Parse(
                await world.AskAsync<string>(
                    $"SELECT convert_from(output, 'UTF8') FROM job_results WHERE job_id = '{job}'"
                )
            )
            .RootElement.GetProperty("answer")
            .GetString()!;
}
