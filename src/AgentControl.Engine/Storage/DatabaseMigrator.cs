using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>Brings the schema up under a lock, so that many processes may start at once.</summary>
public sealed class DatabaseMigrator(NpgsqlDataSource database, IDbContextFactory<ControlDbContext> contexts)
{
    private const long Lock = 0x61635f6d69677261;

    /// <summary>Months for which partitions are made ahead.</summary>
    private const int MonthsAhead = 2;

    /// <exception cref="InvalidOperationException">The database was made by a newer program.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Sql.ExecuteAsync(connection, "SELECT pg_advisory_lock($1)", Lock);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var known = context.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
            var newer = (await context.Database.GetAppliedMigrationsAsync(cancellationToken))
                .Where(m => !known.Contains(m))
                .ToArray();
            if (newer.Length > 0)
                throw new InvalidOperationException(
                    $"The database was made by a newer program (migration {newer[0]}). Start that version, or restore a backup from before its start."
                );
            await context.Database.MigrateAsync(cancellationToken);
            await Sql.ExecuteAsync(connection, "SELECT ac_make_partitions($1)", MonthsAhead);
        }
        finally
        {
            await Sql.ExecuteAsync(connection, "SELECT pg_advisory_unlock($1)", Lock);
        }
    }
}
