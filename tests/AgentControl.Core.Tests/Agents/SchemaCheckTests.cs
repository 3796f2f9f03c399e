using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AgentControl.Core.Agents;

namespace AgentControl.Core.Tests.Agents;

public sealed class SchemaLimitsTests
{
    private static readonly AgentDefinition Definition = AgentDefinition.Of<Limited, Order, string>(_ => new Limited());

    [Theory]
    [InlineData("""{"count":1,"lines":[]}""", null)]
    [InlineData("""{"count":0,"lines":[]}""", "input.count")]
    [InlineData("""{"count":11,"lines":[]}""", "input.count")]
    [InlineData("""{"count":1,"lines":[{"size":"small"}]}""", null)]
    [InlineData("""{"count":1,"lines":[{"size":"small"},{"size":"huge"}]}""", "input.lines[1].size")]
    [InlineData("""{"count":"many","lines":[]}""", "input.count")]
    public void Check_HoldsAnInputToItsPublishedSchema(string input, string? wrong)
    {
        var errors = Definition.Check(JsonSerializer.Deserialize<JsonElement>(input));

        Assert.Equal(wrong, errors.Keys.SingleOrDefault());
    }

    [Fact]
    public void Check_NamesTheRemedy() =>
        Assert.Equal(
            "Use a number from 1 to 10.",
            Definition.Check(JsonSerializer.Deserialize<JsonElement>("""{"count":0,"lines":[]}"""))["input.count"][0]
        );

    private sealed record Order([property: Range(1, 10)] int Count, IReadOnlyList<Line> Lines);

    private sealed record Line([property: AllowedValues("small", "large")] string Size);

    [Agent("limited", "1", Description = "Knows limits.")]
    private sealed class Limited : IAgent<Order, string>
    {
        public Task<string> RunAsync(Order input, IJobContext job, CancellationToken cancellationToken) =>
            Task.FromResult("");
    }
}
