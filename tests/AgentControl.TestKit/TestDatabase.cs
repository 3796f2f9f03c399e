using Npgsql;

namespace AgentControl.TestKit;

/// <summary>A database of one test's own; dropped at the end, also when connections are still open.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string administration;
    private readonly string name;

    internal TestDatabase(string administration, string name)
    {
        this.administration = administration;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(administration)
        {
            Database = name,
            Pooling = true,
        }.ConnectionString;
    }

    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        await using var connection = new NpgsqlConnection(administration);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
        await drop.ExecuteNonQueryAsync();
    }
}
