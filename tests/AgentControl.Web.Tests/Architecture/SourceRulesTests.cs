namespace AgentControl.Web.Tests.Architecture;

public sealed class SourceRulesTests
{
    [Fact]
    public void The_tree_is_read() =>
        Assert.Contains(SourceTree.Files, file => file.Path == "src/AgentControl.Web/Program.cs");

    [Fact]
    public void Folders_are_named_for_concepts() => Assert.Empty(SourceRules.LayersAsFolders(SourceTree.Files));

    [Fact]
    public void Files_are_short() => Assert.Empty(SourceRules.LongFiles(SourceTree.Files));

    [Fact]
    public void One_file_enqueues() => Assert.Empty(SourceRules.SecondEnqueuers(SourceTree.Files));

    [Fact]
    public void One_folder_reaches_MCP_servers() => Assert.Empty(SourceRules.SecondMcpClients(SourceTree.Files));

    [Theory]
    [InlineData("src/AgentControl.Web/Agents/Page.cs", "Client", 1)]
    [InlineData("src/AgentControl.Web/Agents/Page.cs", "Server", 1)]
    [InlineData("src/AgentControl.Web/Mcp/McpSetup.cs", "Client", 1)]
    [InlineData("src/AgentControl.Web/Mcp/McpSetup.cs", "Server", 0)]
    [InlineData("src/AgentControl.Agents/Mcp/McpConnection.cs", "Client", 0)]
    public void SecondMcpClients_AnotherFolder_IsFound(string path, string part, int found) =>
        Assert.Equal(
            found,
            SourceRules.SecondMcpClients([new SourceFile(path, $"using ModelContextProtocol.{part};")]).Count()
        );

    [Fact]
    public void Types_are_named_for_one_duty() =>
        Assert.Empty(SourceRules.VagueNames(SourceTree.Files.Where(file => file.Name != "SourceRulesTests.cs")));

    [Fact]
    public void Components_are_drawn() => Assert.Empty(SourceRules.ComponentsAsText(SourceTree.Files));

    [Fact]
    public void The_core_is_pure() => Assert.Empty(SourceRules.ImpureCore(SourceTree.Files));

    [Theory]
    [InlineData("src/AgentControl.Web/Models/Job.cs")]
    [InlineData("src/AgentControl.Engine/Jobs/dtos/Row.cs")]
    public void LayersAsFolders_LayerFolder_IsFound(string path) =>
        Assert.Single(SourceRules.LayersAsFolders([new SourceFile(path, "")]));

    [Theory]
    [InlineData("src/A/Jobs/Store.cs", 401, 400)]
    [InlineData("src/A/Jobs/Page.razor", 151, 150)]
    [InlineData("src/A/Jobs/Page.razor.cs", 201, 200)]
    public void LongFiles_OneLineTooMany_IsFound(string path, int tooMany, int allowed)
    {
        Assert.Single(SourceRules.LongFiles([new SourceFile(path, Text(tooMany))]));
        Assert.Empty(SourceRules.LongFiles([new SourceFile(path, Text(allowed))]));
    }

    [Theory]
    [InlineData("@:By <AcTime At=\"deadline\" />", 1)]
    [InlineData("<text>By <AcTime At=\"deadline\" /></text>", 0)]
    [InlineData("@:There is no <b>deadline</b>", 0)]
    public void ComponentsAsText_PlainLine_IsFound(string line, int found) =>
        Assert.Equal(found, SourceRules.ComponentsAsText([new SourceFile("src/A/Page.razor", line)]).Count());

    [Theory]
    [InlineData("internal sealed class Bells(IBackgroundJobClient client);")]
    [InlineData("void Ring() => BackgroundJob.Enqueue<Bell>(bell => bell.Ring());")]
    [InlineData("private readonly IBackgroundJobClientV2 jobs;")]
    [InlineData("RecurringJob.AddOrUpdate(id, call, cron);")]
    public void SecondEnqueuers_AnotherFile_IsFound(string text)
    {
        var dispatcher = new SourceFile(
            "src/E/Dispatch/HangfireDispatcher.cs",
            "var client = new BackgroundJobClient(storage);"
        );

        Assert.Equal(2, SourceRules.SecondEnqueuers([dispatcher, new SourceFile("src/E/Jobs/Other.cs", text)]).Count());
        Assert.Empty(SourceRules.SecondEnqueuers([dispatcher]));
    }

    [Fact]
    public void SecondEnqueuers_FilesThatRunJobsOrRegisterTheClient_AreFine()
    {
        SourceFile[] files =
        [
            new("src/E/Dispatch/HangfireDispatcher.cs", "new BackgroundJobClient(storage)"),
            new(
                "src/E/Hosting/Setup.cs",
                "services.AddSingleton<IBackgroundJobClientV2>(p => new BackgroundJobClient(s));"
            ),
            new(
                "src/E/Dispatch/Lanes.cs",
                "new BackgroundJobServer(options, storage); context.BackgroundJob.Id; queue.Enqueue(1);"
            ),
        ];

        Assert.Empty(SourceRules.SecondEnqueuers(files));
    }

    [Theory]
    [InlineData("internal sealed class JobManager")]
    [InlineData("public static class TextUtils")]
    [InlineData("internal sealed record class DateHelper(int Day)")]
    public void VagueNames_BannedEnding_IsFound(string text) =>
        Assert.Single(SourceRules.VagueNames([new SourceFile("src/A/B.cs", text)]));

    [Fact]
    public void VagueNames_UseOfAFrameworksManager_IsFine() =>
        Assert.Empty(SourceRules.VagueNames([new SourceFile("src/A/B.cs", "class Keys(UserManager<Person> people);")]));

    [Theory]
    [InlineData("var id = Guid.NewGuid();")]
    [InlineData("var now = TimeProvider.System.GetUtcNow();")]
    [InlineData("var text = File.ReadAllText(path);")]
    [InlineData("var dice = Random.Shared.Next(6);")]
    public void ImpureCore_OutsideWorld_IsFound(string text)
    {
        Assert.Single(SourceRules.ImpureCore([new SourceFile("src/AgentControl.Core/Jobs/Job.cs", text)]));
        Assert.Empty(SourceRules.ImpureCore([new SourceFile("src/AgentControl.Engine/Jobs/Job.cs", text)]));
    }

    private static string Text(int lines) => string.Concat(Enumerable.Repeat("x\n", lines));
}
