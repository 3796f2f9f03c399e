using System.Diagnostics;
using Npgsql;

namespace AgentControl.Benchmarks;

/// <summary>The physical limit: single-row commits of the same PostgreSQL.</summary>
internal static class Peers
{
    /// <summary>INSERTs of one 1 KiB row per second, each its own commit.</summary>
    public static async Task<double> InsertsPerSecondAsync(NpgsqlDataSource database, int clients, TimeSpan time)
    {
        await using (
            var create = database.CreateCommand(
                "CREATE TABLE IF NOT EXISTS bench_rows (id uuid PRIMARY KEY, body bytea NOT NULL)"
            )
        )
            await create.ExecuteNonQueryAsync();
        var body = new byte[1024];
        Random.Shared.NextBytes(body);
        var count = 0L;
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var connection = await database.OpenConnectionAsync();
                        await using var command = new NpgsqlCommand(
                            "INSERT INTO bench_rows VALUES ($1, $2)",
                            connection
                        )
                        {
                            Parameters =
                            {
                                new NpgsqlParameter<Guid>(),
                                new NpgsqlParameter<byte[]> { TypedValue = body },
                            },
                        };
                        await command.PrepareAsync();
                        while (Stopwatch.GetElapsedTime(since) < time)
                        {
                            ((NpgsqlParameter<Guid>)command.Parameters[0]).TypedValue = Guid.CreateVersion7();
                            await command.ExecuteNonQueryAsync();
                            Interlocked.Increment(ref count);
                        }
                    })
                )
        );
        return count / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }
}
