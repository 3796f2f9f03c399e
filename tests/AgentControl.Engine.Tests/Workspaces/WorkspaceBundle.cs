using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace AgentControl.Engine.Tests.Workspaces;

/// <summary>Everything of workspaces on a fresh database and an own folder.</summary>
internal sealed class WorkspaceBundle : IAsyncDisposable, IDbContextFactory<ControlDbContext>
{
    public static readonly Author Maria = Author.Person("Maria");

    private readonly TestDatabase database;

    private WorkspaceBundle(TestDatabase database, IVirtualFiles[] made)
    {
        this.database = database;
        Data = NpgsqlDataSource.Create(database.ConnectionString);
        Options = new WorkspaceOptions
        {
            Directory = Path.Combine(Path.GetTempPath(), "ac-files-" + Guid.NewGuid().ToString("N")),
            MaxFileBytes = 1_000_000,
        };
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Blobs = new WorkspaceBlobs(options, Time);
        Files = new WorkspaceFiles(Data, Blobs, Changes);
        Queries = new WorkspaceFileQueries(this, Blobs, made);
        Folders = new WorkspaceFolders(Data);
        Feed = new WorkspaceFeed(Data, this, Changes);
        Comments = new WorkspaceComments(Data, this, Changes, new EventFeed());
        Store = new WorkspaceStore(Data, this);
        Sweeper = new WorkspaceSweeper(Data, Blobs, options, Time, NullLogger<WorkspaceSweeper>.Instance);
    }

    public WorkspaceOptions Options { get; }
    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());
    public NpgsqlDataSource Data { get; }
    public WorkspaceBlobs Blobs { get; }
    public WorkspaceChanges Changes { get; } = new();
    public WorkspaceFiles Files { get; }
    public WorkspaceFileQueries Queries { get; }
    public WorkspaceFolders Folders { get; }
    public WorkspaceFeed Feed { get; }
    public WorkspaceComments Comments { get; }
    public WorkspaceStore Store { get; }
    public WorkspaceSweeper Sweeper { get; }

    public static async Task<WorkspaceBundle> CreateAsync(PostgresFixture fixture, params IVirtualFiles[] made) =>
        new(await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken), made);

    public static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static FileWrite At(string path) =>
        new(Guid.CreateVersion7(), WorkspaceName.Default, WorkspacePath.Of(path), Maria);

    public Task<FileResult> WriteAsync(string path, byte[] content) =>
        Files.WriteAsync(At(path), content, CancellationToken.None);

    public async Task<byte[]?> ReadAsync(string path, int? version = null)
    {
        await using var file = await Queries.OpenAsync(
            WorkspaceName.Default,
            WorkspacePath.Of(path),
            version,
            CancellationToken.None
        );
        if (file is null)
            return null;
        using var copy = new MemoryStream();
        await file.Content.CopyToAsync(copy);
        return copy.ToArray();
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = Data.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public ControlDbContext CreateDbContext() =>
        new(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql(Data).Options);

    public async ValueTask DisposeAsync()
    {
        await Data.DisposeAsync();
        await database.DisposeAsync();
        if (Directory.Exists(Options.Directory))
            Directory.Delete(Options.Directory, recursive: true);
    }
}
