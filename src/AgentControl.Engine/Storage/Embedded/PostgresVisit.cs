using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>A look at the cluster of a data folder: beside the program that serves it, or with a server started for the look alone.</summary>
public sealed class PostgresVisit : IAsyncDisposable
{
    private const int Tries = 150;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);
    private readonly EmbeddedPostgres? started;

    private PostgresVisit(string connectionString, EmbeddedPostgres? started) =>
        (ConnectionString, this.started) = (connectionString, started);

    public string ConnectionString { get; }

    /// <exception cref="EmbeddedPostgresException">There is no cluster in the folder, or it cannot be reached.</exception>
    public static async Task<PostgresVisit> BeginAsync(
        EmbeddedPostgresOptions options,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var tries = 0; tries < Tries; tries++)
        {
            // Looked at first: a visit to a mistyped folder must not lay one out.
            if (!PostgresFolder.HasCluster(options.DataDirectory))
                throw new EmbeddedPostgresException(
                    $"There is no database in the data folder {options.DataDirectory} yet. Start the program there first, or name another folder with AgentControl:DataDirectory."
                );
            if (PostgresFolder.TryOpen(options.DataDirectory, out _) is { } free)
            {
                var own = await EmbeddedPostgres.StartAsync(free, options, logger, cancellationToken);
                return new(own.ConnectionString, own);
            }
            if (await FindServedAsync(options, cancellationToken) is { } served)
                return new(served, null);
            // The program that holds the folder is just starting its server, or stopping it.
            await Task.Delay(BetweenTries, TimeProvider.System, cancellationToken);
        }
        throw new EmbeddedPostgresException(
            $"Another program holds the data folder {options.DataDirectory}, but its PostgreSQL does not answer. Its log is {Path.Combine(PostgresFolder.RootIn(options.DataDirectory), "server.log")}."
        );
    }

    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Null while nothing answers at the address that the cluster's own files tell; they may be a lost server's.</summary>
    private static async Task<string?> FindServedAsync(
        EmbeddedPostgresOptions options,
        CancellationToken cancellationToken
    )
    {
        var root = PostgresFolder.RootIn(options.DataDirectory);
        if (PostmasterFile.Read(PostgresFolder.ClusterIn(root)) is not { Ready: true } file)
            return null;
        var password = await PostgresFolder.ReadPasswordAsync(root, cancellationToken);
        var address = EmbeddedPostgres.Address(file.Port, password, options.Database).ConnectionString;
        await using var connection = new NpgsqlConnection(address + ";Pooling=false");
        try
        {
            await connection.OpenAsync(cancellationToken);
            return address;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
