using AgentControl.Agents.Assistant;
using AgentControl.Agents.Mcp;
using AgentControl.Web.Agents;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Web.Tests.Hosting;

public sealed class McpServersReaderTests
{
    private const string Key = "AgentControl:McpServers:files";

    [Fact]
    public void Read_Program_IsTaken()
    {
        var read = Assert.Single(
            Read(
                ("Command", "npx"),
                ("Arguments:0", "-y"),
                ("Arguments:1", "server"),
                ("Environment:TOKEN", "t"),
                ("WorkingDirectory", "/"),
                ("TimeoutSeconds", "5"),
                ("Tools:0", "read")
            )
        );
        Assert.Equal(("files", "npx", "/", 5), (read.Name, read.Command, read.WorkingDirectory, read.TimeoutSeconds));
        Assert.Equal(["-y", "server"], read.Arguments);
        Assert.Equal("t", read.Environment["TOKEN"]);
        Assert.Equal(["read"], read.Tools);
        Assert.Null(read.Url);
    }

    [Fact]
    public void Read_Address_IsTaken()
    {
        var read = Assert.Single(Read(("Url", "https://mcp.example/mcp"), ("Headers:Authorization", "Bearer x")));
        Assert.Equal("https://mcp.example/mcp", read.Url!.AbsoluteUri);
        Assert.Equal("Bearer x", read.Headers["Authorization"]);
        Assert.Equal((null, 60), (read.Command, read.TimeoutSeconds));
    }

    [Theory]
    [InlineData("Tool", "x", ":Tool is not known. Use Command,")]
    [InlineData("Tools:0", "x", " has neither a Command nor a Url. Set Command")]
    [InlineData("Url", "ftp://x", ":Url is no address of a server. Use http://")]
    [InlineData("Url", "https://me:secret@host/", ":Url is no address of a server.")]
    [InlineData("Command|Url", "https://x/", " has both a Command and a Url.")]
    [InlineData("Command|Headers:X", "x", ":Headers has no use beside Command. Remove it.")]
    [InlineData(
        "Command|WorkingDirectory",
        "/no/such/folder",
        ":WorkingDirectory is '/no/such/folder', which is no folder."
    )]
    [InlineData("Command|TimeoutSeconds", "0", ":TimeoutSeconds is '0'. Use a whole number from 1 to 3600.")]
    public void Read_WrongSetting_IsToldWithItsKeyAndTheRemedy(string keys, string value, string told) =>
        Assert.Contains(
            Key + told,
            Assert
                .Throws<InvalidOperationException>(() => Read([.. keys.Split('|').Select(key => (key, value))]))
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a__b", false)]
    [InlineData("a_", false)]
    [InlineData("a.b", false)]
    [InlineData("Git-hub_2", true)]
    public void IsName_OnlyWhatToolsCanBeCalledBy_IsOne(string name, bool isOne) =>
        Assert.Equal(isOne, McpServerSettings.IsName(name));

    [Fact]
    public void Assistant_NamesServersAndPoliciesOfTheirTools()
    {
        var read = Assert.Single(
            Assistants(("McpServers:0", "files"), ("Tools:files__read", "allow"), ("Tools:fetch", "deny"))
        );
        Assert.Equal(["files"], read.McpServers);
        Assert.Equal((ToolPolicy.Allow, ToolPolicy.Deny), (read.Tools["files__read"], read.Tools["fetch"]));
    }

    [Fact]
    public void Assistant_UnknownServerAndToolOfAServerThatItDoesNotUse_AreTold()
    {
        var told = Assert
            .Throws<InvalidOperationException>(() =>
                Assistants(("McpServers:0", "fils"), ("Tools:files__read", "allow"))
            )
            .Message;
        Assert.Contains(
            "McpServers:0 is 'fils'. Use a name of AgentControl:McpServers.",
            told,
            StringComparison.Ordinal
        );
        Assert.Contains("Tools:files__read is no tool. Use list_files,", told, StringComparison.Ordinal);
    }

    private static IReadOnlyList<McpServerSettings> Read(params (string Key, string Value)[] settings) =>
        McpServersReader.Read(Of(settings.Select(s => ($"{Key}:{s.Key}", s.Value))));

    private static IReadOnlyList<AssistantSettings> Assistants(params (string Key, string Value)[] settings) =>
        AssistantsReader.Read(
            Of([
                ($"{Key}:Command", "npx"),
                .. settings.Select(s => ($"AgentControl:Assistants:helper:{s.Key}", s.Value)),
            ])
        );

    private static IConfigurationRoot Of(IEnumerable<(string Key, string Value)> settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
            .Build();
}
