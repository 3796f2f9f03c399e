using System.ComponentModel;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;

namespace AgentControl.Core.Tests.Agents;

public sealed class AgentSchemasTests
{
    private sealed record Anything(
        [property: Description("Must be there.")] JsonNode Needed,
        [property: Description("May be left out.")] JsonNode? Optional = null,
        [property: Description("By hand."), JsonSchema("""{ "type": "object" }""")] JsonNode? Written = null,
        JsonNode? Wordless = null
    );

    [Fact]
    public void OfInput_MembersOfAnyJson_KeepTheirWords()
    {
        var members = AgentSchemas.OfInput(typeof(Anything))["properties"]!;

        Assert.Equal("Must be there.", members["needed"]!["description"]!.ToString());
        Assert.Equal("May be left out.", members["optional"]!["description"]!.ToString());
        Assert.Equal("By hand.", members["written"]!["description"]!.ToString());
        Assert.Equal("object", members["written"]!["type"]!.ToString());
        Assert.Null(members["wordless"]!["description"]);
    }
}
