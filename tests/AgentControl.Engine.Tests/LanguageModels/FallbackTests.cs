using AgentControl.Core.LanguageModels;
using AgentControl.Engine.Services;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>Which failures send a request to the next model of its route, and that the way is kept.</summary>
public sealed class FallbackTests(PostgresFixture postgres, SharedModelWorld shared) : IClassFixture<SharedModelWorld>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("overloaded", true)]
    [InlineData("rateLimited", true)]
    [InlineData("billing", true)]
    [InlineData("cut", true)]
    [InlineData("unauthorized", false)]
    [InlineData("notFound", false)]
    [InlineData("invalidRequest", false)]
    [InlineData("contextTooLong", false)]
    [InlineData("maxTokens", false)]
    public async Task A_failure_that_allows_it_goes_to_the_next_model(string fault, bool allowed)
    {
        var world = shared.Fresh();
        world.Simulator.Faults.Add(fault, f => f with { Dialect = "anthropic" });
        var job = await world.AskAsync("both");
        await world.Engine.UntilAsync(job, allowed ? "succeeded" : "failed", 60);
        Assert.Equal(
            allowed ? "ask#1 failed anthropic, ask@openai#1 completed openai" : "ask#1 failed anthropic",
            await world.StepsAsync(job)
        );
        Assert.Equal(
            allowed
                ? fault == "rateLimited"
                    ? "rateLimited fallbackUsed"
                    : "fallbackUsed"
                : "",
            await world.AnomaliesAsync(job)
        );
        Assert.Equal(allowed ? 1 : 0, world.Simulator.Calls.All.Count(c => c.Dialect == "openai"));
    }

    [Fact]
    public async Task A_provider_that_asks_for_a_long_wait_is_not_waited_for()
    {
        var world = shared.Fresh();
        world.Simulator.Faults.Add(
            "rateLimited",
            f =>
                f with
                {
                    Dialect = "anthropic",
                    Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" },
                }
        );
        var job = await world.AskAsync("both");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal(["anthropic", "openai"], world.Simulator.Calls.All.Select(c => c.Dialect));
    }

    [Theory]
    [InlineData("100000", "200000", true)]
    [InlineData("200000", "100000", false)]
    [InlineData("200000", null, false)]
    public async Task A_text_that_is_too_long_goes_to_a_larger_window_only(string first, string? second, bool allowed)
    {
        List<(string, string)> settings =
        [
            ("AgentControl:Models:wide:Primary", "anthropic:small"),
            ("AgentControl:Models:wide:ContextWindow", first),
            ("AgentControl:Models:wide:Fallback:0:Model", "openai:large"),
        ];
        if (second is not null)
            settings.Add(("AgentControl:Models:wide:Fallback:0:ContextWindow", second));
        await using var world = await ModelWorld.StartAsync(postgres, [.. settings]);
        world.Simulator.Faults.Add("contextTooLong", f => f with { Model = "small" });
        var job = await world.AskAsync("wide");
        await world.Engine.UntilAsync(job, allowed ? "succeeded" : "failed", 60);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_goes_to_the_next_model_only_where_the_route_says_so(bool says)
    {
        await using var world = await ModelWorld.StartAsync(
            postgres,
            ("AgentControl:Models:both:FallbackOnRefusal", says ? "true" : "false")
        );
        world.Simulator.Faults.Add("refusal", f => f with { Dialect = "anthropic" });
        var job = await world.AskAsync("both");
        await world.Engine.UntilAsync(job, says ? "succeeded" : "waiting", 60);
        Assert.Equal(says ? 2 : 1, world.Simulator.Calls.Count);
    }

    [Fact]
    public async Task The_way_that_was_taken_is_taken_again_whatever_the_set_up_says_by_then()
    {
        var world = shared.Fresh();
        world.Simulator.Faults.Add("overloaded", f => f with { Dialect = "anthropic" });
        var held = new HoldPoint();
        var texts = new List<string>();
        var job = await world.RunAsync(
            async (job, models) =>
            {
                // The second run finds a route that leads elsewhere.
                var route = job.Job.Attempt == 1 ? "both" : "responses";
                var answer = await job.AskModelAsync(models, "ask", route, ModelRequest.Of("Hello"));
                texts.Add(answer.Provider + " " + answer.Text);
                if (job.Job.Attempt == 1)
                    await held.PassAsync(Now);
                return answer.Text;
            }
        );
        await held.Reached;
        var calls = world.Simulator.Calls.Count;
        await world.Engine.LoseWorkerAsync(job);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        held.Open();
        Assert.Equal(calls, world.Simulator.Calls.Count);
        Assert.Equal(["openai You said: Hello", "openai You said: Hello"], texts);
        Assert.Equal(
            "fallbackUsed",
            string.Join(' ', (await world.AnomaliesAsync(job)).Split(' ').Distinct().Where(k => k == "fallbackUsed"))
        );
    }

    [Fact]
    public async Task Where_the_circuit_is_open_and_another_model_is_there_nothing_waits()
    {
        await using var world = await ModelWorld.StartAsync(postgres);
        await world
            .Engine.Get<ServiceCommands>()
            .BlockAsync("anthropic", TimeSpan.FromHours(1), "New keys", EngineProcess.Ana, Now);
        var job = await world.AskAsync("both");
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal("ask#1 failed anthropic, ask@openai#1 completed openai", await world.StepsAsync(job));
        Assert.Equal(
            "circuitOpen openai:sim-1",
            await world.Engine.ScalarAsync<string>(
                $"SELECT (error::jsonb ->> 'type') || ' ' || (error::jsonb ->> 'fallback') FROM steps WHERE job_id = '{job}' AND key = 'ask#1'"
            )
        );
        Assert.DoesNotContain(world.Simulator.Calls.All, c => c.Dialect == "anthropic");
    }

    [Fact]
    public async Task Where_both_circuits_are_open_the_job_waits_for_the_first_and_is_not_lost()
    {
        await using var world = await ModelWorld.StartAsync(postgres);
        var commands = world.Engine.Get<ServiceCommands>();
        await commands.BlockAsync("anthropic", TimeSpan.FromHours(1), "New keys", EngineProcess.Ana, Now);
        await commands.BlockAsync("openai", TimeSpan.FromHours(2), "New keys", EngineProcess.Ana, Now);
        var job = await world.AskAsync("both");
        await world.Engine.UntilAsync(job, "waiting", 60);
        Assert.Equal(
            "service anthropic",
            await world.Engine.ScalarAsync<string>(
                $"SELECT waiting_kind || ' ' || waiting_detail FROM job_runs WHERE job_id = '{job}'"
            )
        );
        await commands.ResetAsync("anthropic", EngineProcess.Ana, Now);
        await world.Engine.UntilAsync(job, "succeeded", 60);
        Assert.Equal("ask#1 completed anthropic", await world.StepsAsync(job));
    }
}
