using System.Diagnostics;
using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AgentControl.Engine.Tests.Storage.Embedded;

/// <summary>A data folder for one test.</summary>
internal sealed class PostgresTestFolder : IAsyncDisposable
{
    private readonly List<EmbeddedPostgres> started = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("agentcontrol-embedded-").FullName;

    public string Root => System.IO.Path.Combine(Path, "postgres");

    public string Cluster => System.IO.Path.Combine(Root, "cluster");

    public string Password => System.IO.Path.Combine(Root, "password");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public PostgresTestFolder()
    {
        // The system makes temporary folders 0700; PostgreSQL's own account shall be able to enter, as in an ordinary data folder.
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public Task<EmbeddedPostgres> StartAsync(bool withoutFsync = true) => StartAsync(Path, withoutFsync);

    public async Task<EmbeddedPostgres> StartAsync(
        string dataDirectory,
        bool withoutFsync = true,
        ILogger? logger = null
    )
    {
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = dataDirectory,
            Binaries = Environment.GetEnvironmentVariable("AgentControl__PostgresBinaries"),
            WithoutFsync = withoutFsync,
        };
        var postgres = await EmbeddedPostgres.StartAsync(options, logger ?? NullLogger.Instance, Token);
        started.Add(postgres);
        return postgres;
    }

    public int ReadServerProcess() => PostmasterFile.Read(Cluster)!.ProcessId;

    public async Task KillServerAsync()
    {
        using var server = Process.GetProcessById(ReadServerProcess());
        server.Kill();
        await server.WaitForExitAsync(Token);
    }

    public static async Task<object?> AskAsync(EmbeddedPostgres postgres, string statement)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var postgres in started)
        {
            await postgres.DisposeAsync();
        }

        Directory.Delete(Path, recursive: true);
    }
}
