using AgentControl.Engine.Storage;
using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>The database of this process: a given one, or the program's own PostgreSQL in the data directory.</summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    private readonly IAsyncDisposable? server;

    private ControlDatabase(string connectionString, IAsyncDisposable? server) =>
        (ConnectionString, this.server) = (connectionString, server);

    public string ConnectionString { get; }

    /// <summary>True where no other process can use this database: leases found at start belong to the dead.</summary>
    public bool IsOwn => server is EmbeddedPostgres;

    public static async Task<ControlDatabase> OpenAsync(
        IConfiguration configuration,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        if (configuration.GetConnectionString("AgentControl") is { Length: > 0 } given)
            return new(given, null);
        var own = await EmbeddedPostgres.StartAsync(Embedded(configuration), log, cancellationToken);
        return new(own.ConnectionString, own);
    }

    /// <summary>For a look beside whoever serves this database: it is not owned, and nothing is made where there is none.</summary>
    public static async Task<ControlDatabase> VisitAsync(
        IConfiguration configuration,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        if (configuration.GetConnectionString("AgentControl") is { Length: > 0 } given)
            return new(given, null);
        var visit = await PostgresVisit.BeginAsync(Embedded(configuration), log, cancellationToken);
        return new(visit.ConnectionString, visit);
    }

    /// <summary>A process that alone owns its database knows that every running lease is its dead predecessor's: they end at once.</summary>
    public async Task ReleaseDeadLeasesAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!IsOwn)
            return;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Sql.ExecuteAsync(
            connection,
            "UPDATE job_runs SET lease_until = ac_now() - interval '1 millisecond' WHERE state = 'running'"
        );
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static EmbeddedPostgresOptions Embedded(IConfiguration configuration) =>
        new()
        {
            DataDirectory = Path.GetFullPath(configuration["AgentControl:DataDirectory"] ?? "./data"),
            Binaries = configuration[PostgresBinaries.ConfigurationKey],
        };
}
