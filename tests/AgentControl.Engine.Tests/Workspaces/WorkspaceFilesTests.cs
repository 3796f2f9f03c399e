using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using Npgsql;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspaceFilesTests(PostgresFixture fixture)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(700_000)]
    public async Task Write_AnySize_ReadsBackByVersion(int size)
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var first = WorkspaceBundle.Bytes(size, 1);

        Assert.Equal(FileOutcome.Written, (await bundle.WriteAsync("a/b.bin", first)).Outcome);
        Assert.Equal(2, (await bundle.WriteAsync("a/b.bin", [1, 2, 3])).Version);

        Assert.Equal([1, 2, 3], await bundle.ReadAsync("a/b.bin"));
        Assert.Equal(first, await bundle.ReadAsync("a/b.bin", 1));
        Assert.Equal(
            size > 64 * 1024 ? 1 : 0,
            Directory.Exists(bundle.Blobs.Root)
                ? Directory.GetFiles(bundle.Blobs.Root, "*", SearchOption.AllDirectories).Length
                : 0
        );
        Assert.Null(await bundle.ReadAsync("a/b.bin", 3));
    }

    [Fact]
    public async Task Write_SameIdTwice_MakesOneVersionAndOneLine()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var write = WorkspaceBundle.At("a.txt");

        var first = await bundle.Files.WriteAsync(write, "one"u8.ToArray(), Token);
        await bundle.WriteAsync("a.txt", "two"u8.ToArray());
        var again = await bundle.Files.WriteAsync(write, "one"u8.ToArray(), Token);
        var other = await bundle.Files.WriteAsync(write, "else"u8.ToArray(), Token);

        Assert.Equal((FileOutcome.Replayed, first.Version), (again.Outcome, again.Version));
        Assert.Equal(FileOutcome.OtherContent, other.Outcome);
        Assert.Equal(2, await bundle.AskAsync<long>("SELECT count(*) FROM workspace_file_versions"));
        Assert.Equal(2, (await bundle.Feed.ReadAsync("default", null, null, 50, Token)).Items.Count);
        Assert.Equal("two"u8.ToArray(), await bundle.ReadAsync("a.txt"));
    }

    [Fact]
    public async Task Write_SameIdTwentyTimesAtOnce_MakesOneVersion()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var write = WorkspaceBundle.At("a.txt");

        var results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => bundle.Files.WriteAsync(write, "x"u8.ToArray(), Token))
        );

        Assert.Single(results, r => r.Outcome == FileOutcome.Written);
        Assert.Equal(19, results.Count(r => r.Outcome == FileOutcome.Replayed));
        Assert.Equal(1, await bundle.AskAsync<long>("SELECT count(*) FROM workspace_file_versions"));
    }

    [Fact]
    public async Task Write_TwoWritersWithTheSameETag_OneWins()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var seen = (await bundle.WriteAsync("a.txt", "start"u8.ToArray())).ETag!;

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    bundle.Files.WriteAsync(
                        WorkspaceBundle.At("a.txt") with
                        {
                            Expect = FileExpectation.OneOf(seen),
                        },
                        BitConverter.GetBytes(i),
                        Token
                    )
                )
        );

        Assert.Single(results, r => r.Outcome == FileOutcome.Written);
        Assert.All(
            results.Where(r => r.Outcome != FileOutcome.Written),
            r => Assert.Equal((FileOutcome.Changed, 2), (r.Outcome, r.Version))
        );
    }

    [Fact]
    public async Task Write_TwentyCreatorsThatExpectNoFile_OneWins()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    bundle.Files.WriteAsync(
                        WorkspaceBundle.At("new.txt") with
                        {
                            Expect = FileExpectation.Absent,
                        },
                        BitConverter.GetBytes(i),
                        Token
                    )
                )
        );

        Assert.Single(results, r => r.Outcome == FileOutcome.Written);
        Assert.Equal(1, (await bundle.Queries.FindAsync("default", WorkspacePath.Of("new.txt"), null, Token))!.Version);
    }

    [Fact]
    public async Task Write_ExpectedFileThatIsNotThere_LeavesNothing()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);

        var result = await bundle.Files.WriteAsync(
            WorkspaceBundle.At("a.txt") with
            {
                Expect = FileExpectation.Exists,
            },
            "x"u8.ToArray(),
            Token
        );

        Assert.Equal(FileOutcome.Changed, result.Outcome);
        Assert.Equal(0, await bundle.AskAsync<long>("SELECT count(*) FROM workspace_files"));
    }

    [Fact]
    public async Task Write_SameBytesAgain_IsUnchangedUnlessAnotherJobWroteThem()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.WriteAsync("a.txt", "x"u8.ToArray());

        Assert.Equal(FileOutcome.Unchanged, (await bundle.WriteAsync("a.txt", "x"u8.ToArray())).Outcome);
        var byJob = await bundle.Files.WriteAsync(
            WorkspaceBundle.At("a.txt") with
            {
                JobId = Guid.CreateVersion7(),
            },
            "x"u8.ToArray(),
            Token
        );
        Assert.Equal((FileOutcome.Written, 2), (byJob.Outcome, byJob.Version));
    }

    [Theory]
    [InlineData(1_000_000, FileOutcome.Written)]
    [InlineData(1_000_001, FileOutcome.TooLarge)]
    public async Task Write_AroundTheLimit_StopsRightThere(int size, FileOutcome expected)
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        using var stream = new MemoryStream(WorkspaceBundle.Bytes(size, 7));

        var result = await bundle.Files.WriteAsync(WorkspaceBundle.At("big.bin"), stream, Token);

        Assert.Equal(expected, result.Outcome);
        Assert.Empty(Directory.GetFiles(Path.Combine(bundle.Blobs.Root, "tmp")));
    }

    [Fact]
    public async Task Write_ToANameOfTheProgramOrAnUnknownWorkspace_IsRefused()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);

        var progress = await bundle.WriteAsync(VirtualName.Progress(Guid.CreateVersion7()), "{}"u8.ToArray());
        var elsewhere = await bundle.Files.WriteAsync(
            WorkspaceBundle.At("a") with
            {
                Workspace = "nowhere",
            },
            "x"u8.ToArray(),
            Token
        );

        Assert.Equal(FileOutcome.ReadOnly, progress.Outcome);
        Assert.Equal(FileOutcome.NoWorkspace, elsewhere.Outcome);
    }

    [Fact]
    public async Task A_crash_between_contents_and_row_leaves_nothing_visible()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var staged = await bundle.Files.StageAsync(WorkspaceBundle.Bytes(100_000, 3), Token);
        await using (var connection = await bundle.Data.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            var result = await bundle.Files.WriteAsync(connection, WorkspaceBundle.At("half.bin"), staged!, Token);
            Assert.Equal(FileOutcome.Written, result.Outcome);
            // The transaction ends here without a commit, as a crash would end it.
        }

        Assert.Null(await bundle.ReadAsync("half.bin"));
        Assert.Empty((await bundle.Queries.ListAsync("default", "", null, 50, Token)).Items);
        Assert.Empty((await bundle.Feed.ReadAsync("default", null, null, 50, Token)).Items);
    }

    [Fact]
    public async Task A_file_joins_the_transaction_of_its_step()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var staged = await bundle.Files.StageAsync("x"u8.ToArray(), Token);
        await using (var connection = await bundle.Data.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await bundle.Files.WriteAsync(connection, WorkspaceBundle.At("a.txt"), staged!, Token);
            Assert.Null(await bundle.ReadAsync("a.txt"));
            await transaction.CommitAsync();
        }

        Assert.Equal("x"u8.ToArray(), await bundle.ReadAsync("a.txt"));
    }

    [Fact]
    public async Task Delete_File_GoesToTheBinAndComesBack()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var path = WorkspacePath.Of("a.txt");
        var etag = (await bundle.WriteAsync("a.txt", "x"u8.ToArray())).ETag!;
        var id = Guid.CreateVersion7();

        Assert.Equal(
            FileOutcome.Changed,
            (
                await bundle.Files.DeleteAsync(
                    Guid.CreateVersion7(),
                    "default",
                    path,
                    WorkspaceBundle.Maria,
                    FileExpectation.OneOf("9-0000"),
                    Token
                )
            ).Outcome
        );
        Assert.Equal(
            FileOutcome.Written,
            (
                await bundle.Files.DeleteAsync(
                    id,
                    "default",
                    path,
                    WorkspaceBundle.Maria,
                    FileExpectation.OneOf(etag),
                    Token
                )
            ).Outcome
        );
        Assert.Equal(
            FileOutcome.Replayed,
            (
                await bundle.Files.DeleteAsync(
                    id,
                    "default",
                    path,
                    WorkspaceBundle.Maria,
                    FileExpectation.Anything,
                    Token
                )
            ).Outcome
        );
        Assert.Equal(
            FileOutcome.NotFound,
            (
                await bundle.Files.DeleteAsync(
                    Guid.CreateVersion7(),
                    "default",
                    path,
                    WorkspaceBundle.Maria,
                    FileExpectation.Anything,
                    Token
                )
            ).Outcome
        );
        Assert.Null(await bundle.ReadAsync("a.txt"));
        Assert.Equal("x"u8.ToArray(), await bundle.ReadAsync("a.txt", 1));
        Assert.Single((await bundle.Queries.BinAsync("default", null, 10, Token)).Items);

        await bundle.Files.RestoreAsync(Guid.CreateVersion7(), "default", path, WorkspaceBundle.Maria, Token);

        Assert.Equal("x"u8.ToArray(), await bundle.ReadAsync("a.txt"));
        Assert.Equal(
            ["file.restored", "file.deleted", "file.written"],
            (await bundle.Feed.ReadAsync("default", null, null, 50, Token)).Items.Select(a => a.Kind)
        );
    }

    [Fact]
    public async Task Delete_ThenWrite_ContinuesTheNumbers()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.WriteAsync("a.txt", "x"u8.ToArray());
        await bundle.Files.DeleteAsync(
            Guid.CreateVersion7(),
            "default",
            WorkspacePath.Of("a.txt"),
            WorkspaceBundle.Maria,
            FileExpectation.Anything,
            Token
        );

        var result = await bundle.Files.WriteAsync(
            WorkspaceBundle.At("a.txt") with
            {
                Expect = FileExpectation.Absent,
            },
            "x"u8.ToArray(),
            Token
        );

        Assert.Equal((FileOutcome.Written, 2), (result.Outcome, result.Version));
    }

    [Fact]
    public async Task Contents_that_became_a_link_are_not_followed()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        var bytes = WorkspaceBundle.Bytes(100_000, 5);
        await bundle.WriteAsync("a.bin", bytes);
        var blob = Directory.GetFiles(bundle.Blobs.Root, "*", SearchOption.AllDirectories).Single();
        var secret = Path.Combine(bundle.Blobs.Root, "secret");
        File.Move(blob, secret);
        File.CreateSymbolicLink(blob, secret);

        await Assert.ThrowsAsync<IOException>(() => bundle.ReadAsync("a.bin"));

        await bundle.WriteAsync("b.bin", bytes);
        Assert.Null(new FileInfo(blob).LinkTarget);
        Assert.Equal(bytes, await bundle.ReadAsync("a.bin"));
    }

    [Fact]
    public async Task The_database_itself_refuses_names_that_leave()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);

        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            bundle.AskAsync<object>(
                "INSERT INTO workspace_files (workspace, path, version, sha256, size, content_type, author_kind, author_name, at) VALUES ('default', 'a/../b', 1, sha256(''), 0, 'text/plain', 'person', 'x', now()) RETURNING 1"
            )
        );

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
    }

    [Fact]
    public async Task Changes_AfterACommit_ReachWatchersOfThatWorkspaceOnly()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.Store.CreateAsync("acme", Author.Person("Maria"), Token);
        var (here, there) = (0, 0);
        using var one = bundle.Changes.Watch("default", () => here++);
        using (bundle.Changes.Watch("acme", () => there++))
            await bundle.WriteAsync("a.txt", "x"u8.ToArray());
        await bundle.WriteAsync("a.txt", "x"u8.ToArray());

        Assert.Equal((1, 0), (here, there));
    }
}
