using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AgentControl.Core.Agents;

namespace AgentControl.Core.Tests.Agents;

public sealed class SchemaCheckTests
{
    private static readonly AgentDefinition Definition = AgentDefinition.Of<Checked, Order, string>(_ => new Checked());

    [Theory]
    [InlineData("""{"count":1,"lines":[]}""")]
    [InlineData("""{"Count":"10","LINES":[{"Size":"small"}],"colour":"darkRed","note":null}""")]
    public void Check_TakesWhatFits(string input) =>
        Assert.Empty(Definition.Check(JsonSerializer.Deserialize<JsonElement>(input)));

    [Theory]
    [InlineData("""{"count":0,"lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":11,"lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":"11","lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":"many","lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":1.5,"lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":null,"lines":[]}""", "input.count", "Give a whole number from 1 to 10.")]
    [InlineData("""{"count":1}""", "input.lines", "It is missing. Give a list in square brackets.")]
    [InlineData("""{"count":1,"lines":null}""", "input.lines", "Give a list in square brackets.")]
    [InlineData("""{"count":1,"lines":{}}""", "input.lines", "Give a list in square brackets.")]
    [InlineData("""{"count":1,"lines":[7]}""", "input.lines[0]", "Give a JSON object with size.")]
    [InlineData("""{"count":1,"lines":[{}]}""", "input.lines[0].size", "It is missing. Use one of small, large.")]
    [InlineData(
        """{"count":1,"lines":[{"size":"small"},{"size":"huge"}]}""",
        "input.lines[1].size",
        "Use one of small, large."
    )]
    [InlineData(
        """{"count":1,"lines":[{"size":"small","wide":1}]}""",
        "input.lines[0].wide",
        "There is no such field. Use size, or leave it out."
    )]
    [InlineData(
        """{"count":1,"lines":[],"nte":"x"}""",
        "input.nte",
        "There is no such field. Use count, lines, colour, note, or leave it out."
    )]
    [InlineData("""{"count":1,"lines":[],"colour":"pink"}""", "input.colour", "Use one of green, darkRed.")]
    [InlineData("""{"count":1,"lines":[],"colour":1}""", "input.colour", "Use one of green, darkRed.")]
    [InlineData("""{"count":1,"lines":[],"note":true}""", "input.note", "Give a text in quotes.")]
    [InlineData("""{"count":1,"lines":[],"note":"none"}""", "input.note", "Say something.")]
    [InlineData("""[]""", "input", "Give a JSON object that fits the agent's inputSchema.")]
    public void Check_NamesTheFieldAndTheRemedy(string input, string field, string remedy)
    {
        var error = Assert.Single(Definition.Check(JsonSerializer.Deserialize<JsonElement>(input)));

        Assert.Equal(field, error.Key);
        Assert.Equal([remedy], error.Value);
    }

    [Fact]
    public void TheAnswerOfAnAgentHasRoomForMore() =>
        Assert.Null(AgentDefinition.Of<Echo, Order, Order>(_ => new Echo()).OutputSchema["additionalProperties"]);

    private sealed record Order(
        [property: Range(1, 10)] int Count,
        IReadOnlyList<Line> Lines,
        Colour Colour = Colour.Green,
        string? Note = null
    ) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Note == "none")
                yield return new ValidationResult("Say something.", [nameof(Note)]);
        }
    }

    private enum Colour
    {
        Green,
        DarkRed,
    }

    private sealed record Line([property: AllowedValues("small", "large")] string Size);

    [Agent("checked", "1", Description = "Knows limits.")]
    private sealed class Checked : IAgent<Order, string>
    {
        public Task<string> RunAsync(Order input, IJobContext job, CancellationToken cancellationToken) =>
            Task.FromResult("");
    }

    [Agent("echo", "1", Description = "Answers what it was given.")]
    private sealed class Echo : IAgent<Order, Order>
    {
        public Task<Order> RunAsync(Order input, IJobContext job, CancellationToken cancellationToken) =>
            Task.FromResult(input);
    }
}
