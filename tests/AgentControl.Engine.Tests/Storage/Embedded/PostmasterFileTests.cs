using AgentControl.Engine.Storage.Embedded;

namespace AgentControl.Engine.Tests.Storage.Embedded;

public sealed class PostmasterFileTests
{
    [Fact]
    public void Parse_RunningServer_TellsProcessPortAndState()
    {
        string[] lines = ["4711", "/data/cluster", "1700000000", "5544", "", "127.0.0.1", "  123  456", "ready   "];

        Assert.Equal(new PostmasterFile(4711, 5544, "ready"), PostmasterFile.Parse(lines));
        Assert.True(PostmasterFile.Parse(lines)!.Ready);
    }

    [Fact]
    public void Parse_ServerBeforeItsState_IsStarting()
    {
        string[] lines = ["4711", "/data/cluster", "1700000000", "5544", ""];

        Assert.True(PostmasterFile.Parse(lines)!.Starting);
        Assert.False(PostmasterFile.Parse(lines)!.Ready);
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("4711", "/data/cluster")]
    [InlineData("-4711", "/data/cluster", "1700000000", "5544")]
    [InlineData("4711", "/data/cluster", "1700000000", "torn")]
    public void Parse_AnythingElse_IsNoServer(params string[] lines) => Assert.Null(PostmasterFile.Parse(lines));
}
