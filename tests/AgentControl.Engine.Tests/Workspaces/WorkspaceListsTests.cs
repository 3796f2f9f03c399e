using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Workspaces;

public sealed class WorkspaceListsTests(PostgresFixture fixture)
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task List_PrefixAndPages_GiveEachNameOnceInByteOrder()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        string[] names =
        [
            "inbox/b.txt",
            "inbox/B.txt",
            "inbox/a%.txt",
            "inbox/a_.txt",
            "inbox/ä.txt",
            "inbox/\U0001F600.txt",
            "inbox/\uFF5A.txt",
            "inbox2/x.txt",
            "other.txt",
        ];
        foreach (var name in names)
            await bundle.WriteAsync(name, [1]);

        var got = new List<string>();
        string? cursor = null;
        do
        {
            var page = await bundle.Queries.ListAsync("default", "inbox/", cursor, 2, Token);
            Assert.InRange(page.Items.Count, 1, 2);
            got.AddRange(page.Items.Select(f => f.Path));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(
            [
                "inbox/B.txt",
                "inbox/a%.txt",
                "inbox/a_.txt",
                "inbox/b.txt",
                "inbox/ä.txt",
                "inbox/\uFF5A.txt",
                "inbox/\U0001F600.txt",
            ],
            got
        );
        Assert.Equal(2, (await bundle.Queries.ListAsync("default", "inbox/a", null, 50, Token)).Items.Count);
    }

    [Fact]
    public async Task Folders_ManyFilesBelow_EachFolderIsOneLine()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        foreach (
            var name in new[]
            {
                "a.txt",
                "acme/1.txt",
                "acme/deep/2.txt",
                "acme/deep/3.txt",
                "acme-2/x.txt",
                "b/y.txt",
                "z.txt",
            }
        )
            await bundle.WriteAsync(name, [1]);

        var top = new List<FolderLine>();
        string? cursor = null;
        do
        {
            var page = await bundle.Folders.ListAsync("default", "", cursor, 1, Token);
            top.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);
        var acme = await bundle.Folders.ListAsync("default", "acme/", null, 50, Token);

        Assert.Equal(["a.txt", "acme-2/", "acme/", "b/", "z.txt"], top.Select(l => l.Path));
        Assert.Equal(["1.txt", "deep"], acme.Items.Select(l => l.Name));
        Assert.Equal([false, true], acme.Items.Select(l => l.IsFolder));
    }

    [Fact]
    public async Task OfJob_OwnFolderAndWrittenElsewhere_AreBothThere()
    {
        var job = Guid.CreateVersion7();
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture, new OneProgress(job));
        await bundle.WriteAsync("shared/out.csv", "old"u8.ToArray());
        await bundle.WriteAsync($"jobs/{job}/summary.md", "# hi"u8.ToArray());
        await bundle.Files.WriteAsync(
            WorkspaceBundle.At("shared/out.csv") with
            {
                JobId = job,
                By = Author.Agent("contracts"),
                StepKey = "write#1",
            },
            "new"u8.ToArray(),
            Token
        );
        await bundle.WriteAsync("inbox/x.txt", [1]);

        var files = await bundle.Queries.OfJobAsync("default", job, 50, Token);

        Assert.Equal(
            [$"jobs/{job}/progress.json", $"jobs/{job}/summary.md", "shared/out.csv"],
            files.Select(f => f.Path)
        );
        Assert.Equal((2, "write#1"), (files[2].Version, files[2].StepKey));
    }

    [Fact]
    public async Task Virtual_files_are_read_listed_and_protected_like_files()
    {
        var job = Guid.CreateVersion7();
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture, new OneProgress(job));
        var name = VirtualName.Progress(job);

        Assert.Equal("""{"percent":62}"""u8.ToArray(), await bundle.ReadAsync(name));
        var entry = await bundle.Queries.FindAsync("default", WorkspacePath.Of(name), null, Token);
        Assert.True(entry is { IsVirtual: true, ContentType: "application/json", Version: 4 });
        Assert.Empty((await bundle.Queries.ListAsync("default", "", null, 50, Token)).Items);
        Assert.Equal(
            name,
            Assert.Single((await bundle.Queries.ListAsync("default", $"jobs/{job}/", null, 50, Token)).Items).Path
        );
        Assert.Equal(
            FileOutcome.ReadOnly,
            (
                await bundle.Files.DeleteAsync(
                    Guid.CreateVersion7(),
                    "default",
                    WorkspacePath.Of(name),
                    WorkspaceBundle.Maria,
                    FileExpectation.Anything,
                    Token
                )
            ).Outcome
        );
        Assert.Null(await bundle.ReadAsync(VirtualName.Progress(Guid.CreateVersion7())));
    }

    [Fact]
    public async Task Workspaces_TheDefaultExistsAndNamesAreChecked()
    {
        await using var bundle = await WorkspaceBundle.CreateAsync(fixture);
        await bundle.WriteAsync("a.txt", [1, 2, 3]);

        Assert.True(await bundle.Store.ExistsAsync("default", Token));
        Assert.False(await bundle.Store.ExistsAsync("../x", Token));
        Assert.True(await bundle.Store.CreateAsync("acme", Author.Person("Maria"), Token));
        Assert.False(await bundle.Store.CreateAsync("acme", Author.Person("Maria"), Token));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            bundle.Store.CreateAsync("Acme\n", Author.Person("Maria"), Token)
        );
        var list = await bundle.Store.ListAsync(null, null, 50, Token);
        Assert.Equal([("acme", 0L, 0L), ("default", 1L, 3L)], list.Items.Select(w => (w.Name, w.Files, w.Bytes)));
    }

    private sealed class OneProgress(Guid job) : IVirtualFiles
    {
        public Task<VirtualFile?> FindAsync(string workspace, VirtualName name, CancellationToken cancellationToken) =>
            Task.FromResult(name == new VirtualName(job, null) && workspace == "default" ? File() : null);

        public Task<IReadOnlyList<VirtualFile>> ListAsync(
            string workspace,
            Guid jobId,
            CancellationToken cancellationToken
        ) => Task.FromResult<IReadOnlyList<VirtualFile>>(jobId == job ? [File()] : []);

        private VirtualFile File()
        {
            var content = """{"percent":62}"""u8.ToArray();
            return new VirtualFile(
                VirtualName.Progress(job),
                content,
                content.Length,
                4,
                DateTimeOffset.UnixEpoch,
                "contracts"
            );
        }
    }
}
