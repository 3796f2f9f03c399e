using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>Brings the schema up under a lock, so that many processes may start at once.</summary>
public sealed class DatabaseMigrator(NpgsqlDataSource database, IDbContextFactory<ControlDbContext> contexts)
{
    private const long Lock = 0x61635f6d69677261;

    /// <exception cref="InvalidOperationException">The database was made by a newer program.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Sql.ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", Lock);
        try
        {
            var schema = await SchemaState.ReadAsync(connection, cancellationToken);
            if (schema.IsNewer)
                throw new InvalidOperationException(schema.Problem);
            if (schema.Problem is not null)
            {
                await using var context = await contexts.CreateDbContextAsync(cancellationToken);
                await context.Database.MigrateAsync(cancellationToken);
            }
            // What a long read holds up now, the maintenance loop makes later: rows wait in the default partition.
            await Partitions.MakeAsync(connection, cancellationToken);
        }
        finally
        {
            await Sql.ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", Lock);
        }
    }
}
