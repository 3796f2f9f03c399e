using System.Text.Json;
using AgentControl.Core.LanguageModels;
using AgentControl.Simulation;

namespace AgentControl.Engine.Tests.LanguageModels;

/// <summary>What is said reaches the provider, and what it answers comes back whole: text, tools, tokens, cost.</summary>
public sealed class ConversationTests(SharedModelWorld shared) : IClassFixture<SharedModelWorld>
{
    private static readonly JsonElement _schema = JsonElement.Parse(
        """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""
    );

    private readonly ModelWorld world = shared.Fresh();

    public static TheoryData<string> All => [.. ModelWorld.Providers];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_tool_is_called_its_result_is_sent_and_the_model_goes_on(string provider)
    {
        world.Simulator.Answers.ByRound(
            Answer.Call("weather", """{"city":"Turin ✓"}""", "Let me look."),
            new Answer("It is sunny in Turin.")
            {
                InputTokens = 1000,
                OutputTokens = 20,
                CachedTokens = 400,
            }
        );
        List<ModelAnswer> answers = [];
        var job = await world.RunAsync(
            async (job, models) =>
            {
                var request = ModelRequest.Of("How is the weather?") with
                {
                    Instructions = "Be brief.",
                    Tools = [new ModelTool("weather", "Tells the weather.", _schema)],
                    MaxOutputTokens = 321,
                };
                var first = await job.AskModelAsync(models, "ask", provider, request);
                var second = await job.AskModelAsync(
                    models,
                    "ask",
                    provider,
                    request with
                    {
                        Messages =
                        [
                            .. request.Messages,
                            ModelMessage.Assistant(first),
                            ModelMessage.ToolResult(first.ToolCalls[0].Id, "22 degrees"),
                        ],
                    }
                );
                answers.AddRange([first, second]);
                return second.Text;
            }
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);

        Assert.Equal("Let me look.", answers[0].Text);
        var call = Assert.Single(answers[0].ToolCalls);
        Assert.Equal(("weather", "Turin ✓"), (call.Name, call.Arguments!.Value.GetProperty("city").GetString()));
        Assert.Equal("It is sunny in Turin.", answers[1].Text);
        Assert.Equal(
            (1000, 20, 400),
            (answers[1].Usage.InputTokens, answers[1].Usage.OutputTokens, answers[1].Usage.CachedTokens)
        );
        var calls = world.Simulator.Calls.All;
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[1].RequestId, answers[1].RequestId);
        var sent = calls[1].Body.GetRawText();
        Assert.Contains("Be brief.", sent, StringComparison.Ordinal);
        Assert.Contains("22 degrees", sent, StringComparison.Ordinal);
        Assert.Contains("Turin", sent, StringComparison.Ordinal);
        var limit = provider switch
        {
            "openai" => "max_completion_tokens",
            "responses" => "max_output_tokens",
            _ => "max_tokens",
        };
        Assert.Equal(321, calls[1].Body.GetProperty(limit).GetInt32());
        if (provider == "responses")
            Assert.False(calls[1].Body.GetProperty("store").GetBoolean());
        Assert.Contains("Tells the weather.", sent, StringComparison.Ordinal);
        Assert.Equal("key-of-" + provider, calls[1].Key);
        Assert.True(calls[1].Body.GetProperty("stream").GetBoolean());
        Assert.Equal(
            $"1000 20 true",
            await world.Engine.ScalarAsync<string>(
                $"SELECT (usage::jsonb ->> 'inputTokens') || ' ' || (usage::jsonb ->> 'outputTokens') || ' ' || (SELECT input_tokens > 1000 AND output_tokens > 20 FROM job_runs WHERE job_id = '{job}') FROM steps WHERE job_id = '{job}' AND key = 'ask#2'"
            )
        );
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task An_answer_can_be_asked_for_in_a_shape(string provider)
    {
        world.Simulator.Answers.Use(c => new Answer(c.Schema is null ? "no schema" : """{"city":"Turin"}"""));
        var job = await world.RunAsync(
            async (job, models) =>
                (
                    await job.AskModelAsync(
                        models,
                        "ask",
                        provider,
                        ModelRequest.Of("Where?") with
                        {
                            ResponseSchema = _schema,
                        }
                    )
                ).Text
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);
        Assert.Equal("""{"city":"Turin"}""", (await world.Engine.OutputAsync(job)).GetString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Arguments_that_are_no_json_are_told_and_not_guessed(string provider)
    {
        // A provider's own body cannot hold such arguments in Anthropic's whole form, but its stream can.
        world.Simulator.Answers.ByRound(Answer.Call("weather", """{"city": Turin"""));
        ModelAnswer? answer = null;
        var job = await world.RunAsync(
            async (job, models) =>
                answer = await job.AskModelAsync(
                    models,
                    "ask",
                    provider,
                    ModelRequest.Of("?") with
                    {
                        Tools = [new ModelTool("weather", "Tells the weather.", _schema)],
                    }
                )
        );
        await world.Engine.UntilAsync(job, "succeeded", 30);
        var call = Assert.Single(answer!.ToolCalls);
        Assert.Null(call.Arguments);
        Assert.NotNull(call.Problem);
    }

    [Fact]
    public async Task A_route_that_is_not_set_up_says_which_key_is_missing()
    {
        var job = await world.AskAsync("nowhere");
        await world.Engine.UntilAsync(job, "failed", 30);
        Assert.Equal(
            ("unknownRoute", "There is no route 'nowhere'. Set AgentControl:Models:nowhere:Primary."),
            await world.ErrorAsync(job)
        );
    }
}
