using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspaceSweeperTests(PostgresFixture fixture)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task Sweep_OrphansOlderThanADay_GoAndNamedContentsStay()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var kept = WorkspaceBundle.Bytes(100_000, 1);
        await bundle.WriteAsync("kept.bin", kept);
        await bundle.Files.StageAsync(WorkspaceBundle.Bytes(100_000, 2), Token);
        await File.WriteAllTextAsync(Path.Combine(bundle.Blobs.Root, "tmp", "cut-off"), "x", Token);

        Assert.Equal(new WorkspaceSweep(0, 0, 0), await bundle.Sweeper.SweepAsync(Token));
        bundle.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(new WorkspaceSweep(0, 1, 1), await bundle.Sweeper.SweepAsync(Token));

        Assert.Equal(kept, await bundle.ReadAsync("kept.bin"));
    }

    [Fact]
    public async Task Sweep_OrphanThatIsStagedAgain_BecomesYoung()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var bytes = WorkspaceBundle.Bytes(100_000, 2);
        await bundle.Files.StageAsync(bytes, Token);
        bundle.Time.Advance(TimeSpan.FromHours(25));

        var staged = await bundle.Files.StageAsync(bytes, Token);
        Assert.Equal(0, (await bundle.Sweeper.SweepAsync(Token)).Contents);

        Assert.NotNull(staged);
        Assert.Single(Directory.GetFiles(bundle.Blobs.Root, staged.Sha256[2..], SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Write_OfContentsThatWereSwept_FailsInsteadOfNamingNothing()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var staged = await bundle.Files.StageAsync(WorkspaceBundle.Bytes(100_000, 2), Token);
        bundle.Time.Advance(TimeSpan.FromHours(25));
        await bundle.Sweeper.SweepAsync(Token);

        await using var connection = await bundle.Data.OpenConnectionAsync(Token);
        await Assert.ThrowsAsync<IOException>(() =>
            bundle.Files.WriteAsync(connection, WorkspaceBundle.At("a.bin"), staged!, Token)
        );
    }

    [Fact]
    public async Task Sweep_WhileAWriterHoldsTheHash_WaitsAndSeesItsRow()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var bytes = WorkspaceBundle.Bytes(100_000, 2);
        var staged = await bundle.Files.StageAsync(bytes, Token);
        bundle.Time.Advance(TimeSpan.FromHours(25));
        await using var connection = await bundle.Data.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await bundle.Files.WriteAsync(connection, WorkspaceBundle.At("a.bin"), staged!, Token);

        var sweep = bundle.Sweeper.SweepAsync(Token);
        while (
            !await bundle.AskAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
            )
        )
            Assert.False(sweep.IsCompleted, "The sweep did not wait for the writer.");
        await transaction.CommitAsync(Token);

        Assert.Equal(0, (await sweep).Contents);
        Assert.Equal(bytes, await bundle.ReadAsync("a.bin"));
    }

    [Fact]
    public async Task Sweep_BinAfterItsDays_IsEmptied()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.WriteAsync("a.txt", [1]);
        await bundle.WriteAsync("b.txt", [1]);
        await bundle.Files.DeleteAsync(
            Guid.CreateVersion7(),
            "default",
            WorkspacePath.Of("a.txt"),
            WorkspaceBundle.Maria,
            FileExpectation.Anything,
            Token
        );

        Assert.Equal(0, (await bundle.Sweeper.SweepAsync(Token)).BinnedFiles);
        await bundle.AskAsync<object>("UPDATE clock SET shift = '31 days' RETURNING 1");
        Assert.Equal(1, (await bundle.Sweeper.SweepAsync(Token)).BinnedFiles);

        Assert.Null(await bundle.ReadAsync("a.txt", 1));
        Assert.NotNull(await bundle.ReadAsync("b.txt"));
    }

    [Fact]
    public async Task Sweep_FolderOfAnotherDatabase_IsLeftAlone()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.Files.StageAsync(WorkspaceBundle.Bytes(100_000, 2), Token);
        await File.WriteAllTextAsync(Path.Combine(bundle.Blobs.Root, "owner"), Guid.NewGuid().ToString("D"), Token);
        bundle.Time.Advance(TimeSpan.FromHours(25));

        Assert.Equal(0, (await bundle.Sweeper.SweepAsync(Token)).Contents);
    }
}
