using AgentControl.Core.LanguageModels;
using AgentControl.Engine.Live;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Simulation;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>The clocks of a stream, parts that are thrown away, and what watchers see.</summary>
public sealed class StreamTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => [.. ModelWorld.Providers];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_stream_may_go_on_longer_than_a_request(string provider)
    {
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ($"AgentControl:Services:{provider}:RequestTimeoutSeconds", "0.3"),
            ($"AgentControl:Services:{provider}:FirstTokenTimeoutSeconds", "10"),
            ($"AgentControl:Services:{provider}:StreamIdleTimeoutSeconds", "10")
        );
        world.Simulator.Answers.ByRound(new Answer("one two three four five six"));
        world.Simulator.Faults.Add(new() { Name = "slow", TokenDelaySeconds = 0.1 });
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Single(world.Simulator.Calls.All);
        Assert.True(
            await world.Engine.ScalarAsync<bool>(
                $"SELECT completed_at - started_at > interval '0.5 s' FROM steps WHERE job_id = '{job}'"
            )
        );
    }

    [Theory]
    [InlineData("anthropic", "silentFromTheStart", "no token within 0.4 s")]
    [InlineData("openai", "silentFromTheStart", "no token within 0.4 s")]
    [InlineData("responses", "silentFromTheStart", "no token within 0.4 s")]
    [InlineData("anthropic", "slowFirstToken", "no token within 0.4 s")]
    [InlineData("anthropic", "silence", "silent for 0.6 s")]
    [InlineData("openai", "silence", "silent for 0.6 s")]
    [InlineData("responses", "silence", "silent for 0.6 s")]
    [InlineData("anthropic", "pings", "silent for 0.6 s")]
    [InlineData("openai", "pings", "silent for 0.6 s")]
    public async Task A_silent_stream_is_given_up_and_tried_again(string provider, string fault, string said)
    {
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ($"AgentControl:Services:{provider}:FirstTokenTimeoutSeconds", "0.4"),
            ($"AgentControl:Services:{provider}:StreamIdleTimeoutSeconds", "0.6")
        );
        world.Simulator.Faults.Add(fault, f => f with { Times = 1 });
        var job = await world.AskAsync(provider);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(2, world.Simulator.Calls.Count);
        Assert.Contains(
            $"{provider} gave no answer in time: {said}",
            await world.Engine.LogAsync(job),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("anthropic", 2)]
    [InlineData("anthropic", int.MaxValue)]
    [InlineData("openai", 2)]
    [InlineData("openai", int.MaxValue)]
    [InlineData("responses", 2)]
    [InlineData("responses", int.MaxValue)]
    public async Task A_part_is_thrown_away_and_no_tool_runs_from_it(string provider, int afterTokens)
    {
        await using var world = await ModelWorld.StartAsync(postgres);
        world.Simulator.Answers.ByRound(Answer.Call("pay", """{"amount":100}""", "I pay now."));
        world.Simulator.Faults.Add("cut", f => f with { AfterTokens = afterTokens, Times = 1 });
        var paid = 0;
        ModelAnswer? answer = null;
        var job = await world.RunAsync(
            async (job, models) =>
            {
                answer = await job.AskModelAsync(models, "ask", provider, ModelRequest.Of("Pay"));
                paid += answer.ToolCalls.Count;
                return paid;
            }
        );
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal((1, 2), (paid, world.Simulator.Calls.Count));
        Assert.Equal("I pay now.", answer!.Text);
        Assert.Equal(
            "cutStream",
            await world.Engine.ScalarAsync<string>(
                $"SELECT string_agg(data::jsonb ->> 'kind', ' ') FROM events WHERE job_id = '{job}' AND type = 'step.retrying'"
            )
        );
    }

    [Fact]
    public async Task Watchers_see_the_words_of_each_try_as_they_come_and_the_log_never_does()
    {
        await using var world = await ModelWorld.StartAsync(postgres);
        world.Simulator.Answers.ByRound(new Answer("alpha beta gamma delta"));
        world.Simulator.Faults.Add("hold", f => f with { Times = 1, AfterTokens = 4 });
        world.Simulator.Faults.Add("cut", f => f with { Times = 1, AfterTokens = 3 });
        List<StepOutput> seen = [];
        using var changed = new SemaphoreSlim(0);
        using var watch = world
            .Engine.Get<StepOutputs>()
            .Watch(
                new OutputWatcher(output =>
                {
                    lock (seen)
                        seen.Add(output);
                    changed.Release();
                })
            );
        var job = await world.AskAsync("anthropic");
        await world.Simulator.Faults.HeldAsync(Now);
        // The stream stands still: what came before is on its way to watchers, and nothing of it is recorded.
        while (Text(seen, 2) != "alpha beta gamma ")
            await changed.WaitAsync(TimeSpan.FromSeconds(30), Now);
        Assert.DoesNotContain("alpha", await world.Engine.LogAsync(job), StringComparison.Ordinal);
        world.Simulator.Faults.Release();
        await world.Engine.UntilAsync(job, "succeeded", 60);
        while (Text(seen, 2) != "alpha beta gamma delta")
            await changed.WaitAsync(TimeSpan.FromSeconds(30), Now);
        Assert.Equal("alpha beta ", Text(seen, 1));
        Assert.All(seen, output => Assert.Equal((job, "ask#1"), (output.JobId, output.Key)));
        Assert.True(seen.Count < 8, $"{seen.Count} messages for eight words");
    }

    [Fact]
    public async Task A_cancel_hangs_up()
    {
        await using var world = await ModelWorld.StartAsync(postgres);
        world.Simulator.Faults.Add("silence");
        var job = await world.AskAsync("openai");
        await world.Simulator.Calls.UntilAsync(1, Now);
        await world.Engine.Jobs.CancelAsync(job, EngineProcess.Ana, null, Now);
        await world.Engine.UntilAsync(job, "cancelled", 60);
        Assert.Empty(await world.DelaysAsync(job));
    }

    /// <summary>What the given try wrote; its pieces say where they belong.</summary>
    private static string Text(List<StepOutput> seen, int attempt)
    {
        lock (seen)
        {
            var text = "";
            foreach (var piece in seen.Where(s => s.Attempt == attempt))
            {
                Assert.Equal(text.Length, piece.From);
                text += piece.Text;
            }
            return text;
        }
    }
}
