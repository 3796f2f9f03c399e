using System.Reflection;
using System.Runtime.InteropServices;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Workers;
using Npgsql;

namespace AgentControl.Web.Access;

/// <summary>What runs here.</summary>
/// <param name="DatabaseBytes">How much the database takes on its disk.</param>
/// <param name="Schema">The last migration that was applied.</param>
internal sealed record AboutFacts(
    string Version,
    string Runtime,
    string System,
    string Database,
    long DatabaseBytes,
    string Schema,
    string DataDirectory,
    IReadOnlyList<WorkerView> Processes
);

/// <summary>Reads them.</summary>
internal sealed class AboutReader(IServiceProvider services, NpgsqlDataSource database, WorkerQueries workers)
{
    private const string Sql = """
        SELECT current_setting('server_version'), pg_database_size(current_database()),
               (SELECT max("MigrationId") FROM "__EFMigrationsHistory")
        """;

    public async Task<AboutFacts> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var version = typeof(AboutReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        return new(
            version?.InformationalVersion ?? "",
            RuntimeInformation.FrameworkDescription,
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            $"PostgreSQL {row.GetString(0)}",
            row.GetInt64(1),
            row.GetString(2),
            Path.GetFullPath((services.GetService<EngineOptions>() ?? new EngineOptions()).DataDirectory),
            await workers.ListAsync(null, cancellationToken)
        );
    }
}
