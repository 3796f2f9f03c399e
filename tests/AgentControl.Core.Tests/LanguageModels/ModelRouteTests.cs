using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.LanguageModels;
using AgentControl.Core.Services;

namespace AgentControl.Core.Tests.LanguageModels;

public sealed class ModelRouteTests
{
    private static readonly ModelRoute _route = new(
        "r",
        new ModelTarget("a", "small") { ContextWindow = 100 },
        [new ModelTarget("b", "same") { ContextWindow = 100 }, new ModelTarget("c", "large") { ContextWindow = 200 }]
    );

    [Fact]
    public void Behind_a_model_come_the_rest_of_the_route_in_order()
    {
        Assert.Equal(["b:same", "c:large"], _route.Behind(_route.Primary).Select(w => w.Name));
        Assert.Equal(["c:large"], _route.Behind(new ModelTarget("b", "same")).Select(w => w.Name));
        Assert.Empty(_route.Behind(new ModelTarget("c", "large")));
        Assert.Empty(_route.Behind(new ModelTarget("d", "unknown")));
    }

    [Fact]
    public void Only_a_larger_window_takes_what_is_too_long() =>
        Assert.Equal(
            ["c:large"],
            _route.Behind(_route.Primary).Where(w => w.Uses.Contains(FallbackUse.LargerWindow)).Select(w => w.Name)
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_refusal_goes_on_only_where_the_route_says_so(bool says) =>
        Assert.All(
            (_route with { FallbackOnRefusal = says }).Behind(_route.Primary),
            way => Assert.Equal(says, way.Uses.Contains(FallbackUse.OnRequest))
        );

    [Fact]
    public void A_failure_keeps_its_way_and_older_records_are_read_as_before()
    {
        var failure = new JobFailure("overloaded", "m", "k", true) { Fallback = "b:same" };
        Assert.Equal(failure, JournalJson.Deserialize<JobFailure>(JournalJson.Serialize(failure)));
        Assert.Equal(
            """{"type":"t","message":"m","step":null,"retryable":false}""",
            System.Text.Encoding.UTF8.GetString(JournalJson.Serialize(new JobFailure("t", "m")))
        );
    }

    [Fact]
    public void An_answer_comes_out_of_the_journal_as_it_went_in()
    {
        var answer = new ModelAnswer(
            "text ✓",
            [
                new ModelToolCall("1", "tool", System.Text.Json.JsonElement.Parse("""{"a":[1,"x"]}""")),
                new ModelToolCall("2", "tool", null, "no JSON"),
            ],
            "tool_use",
            "a",
            "small",
            "req_1",
            new ModelUsage(10, 20, 5, 0.000123m)
        );
        var bytes = JournalJson.Serialize(answer);
        var read = JournalJson.Deserialize<ModelAnswer>(bytes)!;
        Assert.Equal(bytes, JournalJson.Serialize(read));
        Assert.Equal((answer.Text, answer.Usage, "no JSON"), (read.Text, read.Usage, read.ToolCalls[1].Problem));
    }

    [Fact]
    public void A_request_that_says_the_same_has_the_same_hash()
    {
        ModelRequest Make(string text) => ModelRequest.Of(text) with { Instructions = "brief" };
        Assert.Equal(CanonicalJson.Hash(Make("a")), CanonicalJson.Hash(Make("a")));
        Assert.NotEqual(CanonicalJson.Hash(Make("a")), CanonicalJson.Hash(Make("b")));
    }
}
