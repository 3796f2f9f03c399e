using AgentControl.Engine.Storage.Embedded;

namespace AgentControl.Engine.Tests.Storage.Embedded;

public sealed class PostgresBinariesTests
{
    [Fact]
    public async Task FindAsync_WrongConfiguredFolder_NamesTheKeyAndTheFolder()
    {
        var empty = Directory.CreateTempSubdirectory("agentcontrol-no-binaries-");
        try
        {
            var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() =>
                PostgresBinaries.FindAsync(empty.FullName, null, TestContext.Current.CancellationToken)
            );

            Assert.Contains("AgentControl:PostgresBinaries", refused.Message, StringComparison.Ordinal);
            Assert.Contains(empty.FullName, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete();
        }
    }

    [Fact]
    public async Task FindAsync_NothingConfigured_FindsAnInstalledOne()
    {
        var found = await PostgresBinaries.FindAsync(null, null, TestContext.Current.CancellationToken);

        Assert.True(File.Exists(found.Path("initdb")));
        Assert.InRange(found.Major, 12, 99);
    }
}
