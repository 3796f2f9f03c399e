using AgentControl.Engine.Storage;
using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>The database of this process: a given one, or the program's own PostgreSQL in the data directory.</summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgres? embedded;

    private ControlDatabase(string connectionString, EmbeddedPostgres? embedded) =>
        (ConnectionString, this.embedded) = (connectionString, embedded);

    public string ConnectionString { get; }

    /// <summary>True where no other process can use this database: leases found at start belong to the dead.</summary>
    public bool IsOwn => embedded is not null;

    public static async Task<ControlDatabase> OpenAsync(
        IConfiguration configuration,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        if (configuration.GetConnectionString("AgentControl") is { Length: > 0 } given)
            return new(given, null);
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = Path.GetFullPath(configuration["AgentControl:DataDirectory"] ?? "./data"),
            Binaries = configuration[PostgresBinaries.ConfigurationKey],
        };
        var own = await EmbeddedPostgres.StartAsync(options, log, cancellationToken);
        return new(own.ConnectionString, own);
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

    public ValueTask DisposeAsync() => embedded?.DisposeAsync() ?? ValueTask.CompletedTask;
}
