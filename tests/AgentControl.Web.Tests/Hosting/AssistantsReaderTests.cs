using AgentControl.Agents.Assistant;
using AgentControl.Web.Agents;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Web.Tests.Hosting;

public sealed class AssistantsReaderTests
{
    private const string Key = "AgentControl:Assistants:researcher";

    [Fact]
    public void Read_EverySetting_IsTaken()
    {
        var read = Assert.Single(
            Read(
                ("Description", "Reads."),
                ("Queue", "research"),
                ("Instructions", "Cite."),
                ("Route", "long"),
                ("MaxTurns", "80"),
                ("ContextTokens", "50000"),
                ("MaxOutputTokens", "900"),
                ("Temperature", "0.5"),
                ("Tools:fetch", "Allow"),
                ("Tools:write_file", "deny"),
                ("Agents:0", "contracts")
            )
        );
        Assert.Equal(
            ("researcher", "Reads.", "research", "Cite.", "long"),
            (read.Name, read.Description, read.Queue, read.Instructions, read.Route)
        );
        Assert.Equal(
            (80, 50_000, 900, 0.5),
            (read.MaxTurns, read.ContextTokens, read.MaxOutputTokens, read.Temperature)
        );
        Assert.Equal((ToolPolicy.Allow, ToolPolicy.Deny), (read.Tools["fetch"], read.Tools["write_file"]));
        Assert.Equal(["contracts"], read.Agents);
    }

    [Fact]
    public void Read_Nothing_IsNothing() => Assert.Empty(AssistantsReader.Read(new ConfigurationBuilder().Build()));

    [Theory]
    [InlineData("Tool:fetch", "allow", "Tool is not known. Use Description,")]
    [InlineData("Tools:fetsh", "allow", "Tools:fetsh is no tool. Use list_files,")]
    [InlineData("Tools:fetch", "maybe", "Tools:fetch is 'maybe'. Use allow, ask or deny.")]
    [InlineData("Tools:fetch", "7", "Tools:fetch is '7'. Use allow, ask or deny.")]
    [InlineData("MaxTurns", "0", "MaxTurns is '0'. Use a whole number from 1 to 1000.")]
    [InlineData("MaxTurns", "many", "MaxTurns is 'many'.")]
    [InlineData("ContextTokens", "5", "ContextTokens is '5'.")]
    [InlineData("Temperature", "3", "Temperature is '3'. Use a number from 0 to 2.")]
    public void Read_WrongSetting_IsToldWithItsKeyAndTheRemedy(string key, string value, string told) =>
        Assert.Contains(
            $"{Key}:{told}",
            Assert.Throws<InvalidOperationException>(() => Read((key, value))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Read_TheNameOfTheFormsAddress_IsRefused() =>
        Assert.Contains(
            "AgentControl:Assistants:new is the address where new assistants are made. Choose another name.",
            Assert
                .Throws<InvalidOperationException>(() =>
                    AssistantsReader.Read(
                        new ConfigurationBuilder()
                            .AddInMemoryCollection([new("AgentControl:Assistants:new:Description", "Reads.")])
                            .Build()
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    private static IReadOnlyList<AssistantSettings> Read(params (string Key, string Value)[] settings) =>
        AssistantsReader.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.ToDictionary(s => $"{Key}:{s.Key}", s => (string?)s.Value))
                .Build()
        );
}
