using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>
/// The program's own PostgreSQL: a cluster in the data folder that starts with the program, stops with it, and is
/// found again or recovered when either of them was killed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly PostgresFolder folder;
    private readonly PostgresServer server;
    private readonly PostgresKeeper keeper;
    private bool stopped;

    private EmbeddedPostgres(
        PostgresFolder folder,
        PostgresServer server,
        PostgresKeeper keeper,
        string connectionString
    )
    {
        this.folder = folder;
        this.server = server;
        this.keeper = keeper;
        ConnectionString = connectionString;
    }

    /// <summary>The folder given in the options, as the system spells it.</summary>
    public string DataDirectory => folder.DataDirectory;

    public string ConnectionString { get; }

    public static Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(PostgresFolder.Open(options.DataDirectory), options, logger, cancellationToken);
    }

    /// <summary>In a folder whose lock is held; it is given back when the start fails.</summary>
    internal static async Task<EmbeddedPostgres> StartAsync(
        PostgresFolder place,
        EmbeddedPostgresOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        PostgresServer? starting = null;
        try
        {
            var major = place.ReadMajor();
            var binaries = await PostgresBinaries.FindAsync(options.Binaries, major, cancellationToken);
            var account = await PostgresAccount.ChooseAsync(binaries, place.DataDirectory, cancellationToken);
            starting = new PostgresServer(options, place, binaries, account, TimeProvider.System, logger);
            if (major is null)
            {
                await starting.CreateAsync(cancellationToken);
            }

            var port = await starting.StartAsync(knownPort: null, cancellationToken);
            var password = await place.ReadPasswordAsync(cancellationToken);
            var connection = await OpenDatabaseAsync(options, port, password, cancellationToken);
            return new EmbeddedPostgres(
                place,
                starting,
                new PostgresKeeper(starting, port, TimeProvider.System, logger),
                connection
            );
        }
        catch
        {
            await (starting?.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
            place.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server with everything written, and frees the folder. To be called when nothing uses the database any more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (stopped)
        {
            return;
        }

        stopped = true;
        try
        {
            await keeper.DisposeAsync();
            await server.StopAsync(cancellationToken);
        }
        finally
        {
            folder.Dispose();
        }
    }

    /// <summary>Lets go of the folder as the end of a killed program does: the server runs on.</summary>
    internal async Task AbandonAsync()
    {
        stopped = true;
        await keeper.DisposeAsync();
        folder.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private static async Task<string> OpenDatabaseAsync(
        EmbeddedPostgresOptions options,
        int port,
        string password,
        CancellationToken cancellationToken
    )
    {
        var address = Address(port, password, "postgres");
        address.Pooling = false;
        await using (var connection = new NpgsqlConnection(address.ConnectionString))
        {
            await connection.OpenAsync(cancellationToken);
            await using var find = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection);
            find.Parameters.Add(new NpgsqlParameter { Value = options.Database });
            if (await find.ExecuteScalarAsync(cancellationToken) is 0L)
            {
                var name = new NpgsqlCommandBuilder().QuoteIdentifier(options.Database);
                await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        address.Database = options.Database;
        address.Remove(nameof(address.Pooling));
        return address.ConnectionString;
    }

    /// <summary>How a cluster of ours is reached.</summary>
    internal static NpgsqlConnectionStringBuilder Address(int port, string password, string database) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            Username = PostgresServer.User,
            Password = password,
            Database = database,
        };
}
