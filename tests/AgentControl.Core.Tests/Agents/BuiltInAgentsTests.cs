using System.Text.Json;
using AgentControl.Agents;

namespace AgentControl.Core.Tests.Agents;

public sealed class BuiltInAgentsTests
{
    [Fact]
    public void All_Names_AreThoseOfTheContract()
    {
        Assert.Equal(
            [
                "contracts",
                "contracts.document",
                "articles",
                "articles.topic",
                "question",
                "assistant",
                "forms",
                "synthetic",
            ],
            BuiltInAgents.All(synthetic: true).Select(agent => agent.Name)
        );
        Assert.Equal(
            ["contracts", "contracts.document", "articles", "articles.topic", "question", "assistant"],
            BuiltInAgents.All(synthetic: false).Select(agent => agent.Name)
        );
        Assert.True(BuiltInAgents.All(synthetic: false).Single(agent => agent.Name == "contracts.document").Internal);
    }

    [Theory]
    [InlineData("contracts", """{ "folder": "inbox/" }""")]
    [InlineData(
        "contracts",
        """{ "documents": [{ "name": "a", "text": "b" }], "approval": "none", "commentEvery": 5, "analyser": "offline" }"""
    )]
    [InlineData("synthetic", """{}""")]
    [InlineData("articles", """{ "topics": ["a"], "sources": ["inbox/", " b.txt", "https://example.com/c"] }""")]
    [InlineData("synthetic", """{ "steps": 3, "approvalAtStep": 2 }""")]
    [InlineData(
        "forms",
        """{ "customer": "ACME", "country": "AT", "payment": { "card": "1" }, "extra": [], "weight": 1.5 }"""
    )]
    public void Check_InputOfTheContract_Fits(string agent, string input) => Assert.Empty(Check(agent, input));

    [Theory]
    [InlineData("contracts", """{ "approval": "maybe" }""", "approval")]
    [InlineData("contracts", """{ "commentEvery": "often" }""", "commentEvery")]
    [InlineData("synthetic", """{ "steps": "many" }""", "steps")]
    [InlineData("forms", """{ "customer": "ACME", "country": "AT", "weight": 101 }""", "weight")]
    [InlineData("forms", """{ "country": "AT" }""", "customer")]
    [InlineData("articles", """{ "topics": ["a"], "sources": ["/etc/passwd"] }""", "sources")]
    [InlineData("articles", """{ "topics": ["a"], "sources": ["inbox/../../secret"] }""", "sources")]
    [InlineData("articles", """{ "topics": ["a"], "sources": ["inbox/", " "] }""", "sources")]
    [InlineData("articles", """{ "topics": ["a"], "sources": ["ftp://example.com/a"] }""", "sources")]
    public void Check_OtherInput_NamesTheField(string agent, string input, string field) =>
        Assert.Contains(Check(agent, input).Keys, key => key.EndsWith(field, StringComparison.Ordinal));

    [Fact]
    public void InputSchema_Contracts_DescribesChoicesAndLimits()
    {
        var schema = BuiltInAgents.All(synthetic: false).First().InputSchema.ToJsonString();
        Assert.Contains("\"enum\":[\"summary\",\"none\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"enum\":[\"auto\",\"offline\",\"model\"]", schema, StringComparison.Ordinal);
        Assert.Contains("\"format\":\"folder\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"default\":10", schema, StringComparison.Ordinal);
        Assert.Contains("\"default\":\"summary\"", schema, StringComparison.Ordinal);
        Assert.Contains("\"minimum\":1", schema, StringComparison.Ordinal);
    }

    [Fact]
    public void InputSchema_WrittenByHand_StandsInThePlaceOfTheTypes()
    {
        var schema = BuiltInAgents.All(synthetic: true).Single(a => a.Name == "forms").InputSchema["properties"]!;
        Assert.Equal("kg", (string?)schema["weight"]!["x-unit"]);
        Assert.Equal(2, schema["payment"]!["oneOf"]!.AsArray().Count);
        Assert.Equal("One line.", (string?)schema["customer"]!["description"]);
    }

    private static IReadOnlyDictionary<string, string[]> Check(string agent, string input) =>
        BuiltInAgents.All(synthetic: true).Single(a => a.Name == agent).Check(JsonDocument.Parse(input).RootElement);
}
