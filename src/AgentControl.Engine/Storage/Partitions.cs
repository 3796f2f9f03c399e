using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>The monthly partitions of journal and log. Safe to repeat, on any number of nodes at once.</summary>
internal static class Partitions
{
    /// <summary>Months for which partitions are made ahead.</summary>
    private const int MonthsAhead = 2;

    /// <summary>Makes what is missing, each in a transaction of its own.</summary>
    /// <returns>How many could not be made now, because somebody reads or writes the default partition for long.</returns>
    public static async Task<int> MakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = new List<(string Parent, DateTime Month)>();
        await using (
            var command = Sql.Command(connection, "SELECT parent, month FROM ac_missing_partitions($1)", MonthsAhead)
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                missing.Add((reader.GetString(0), reader.GetDateTime(1)));
        }
        var heldUp = 0;
        foreach (var (parent, month) in missing)
        {
            await using var command = Sql.Command(connection, "SELECT ac_make_partition($1, $2)", parent, month);
            // Moving the rows of a month takes as long as it takes.
            command.CommandTimeout = 0;
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                heldUp++;
            }
        }
        return heldUp;
    }
}
