using Npgsql;

namespace AgentControl.TestKit;

/// <summary>A database of one test's own; dropped at the end, also when connections are still open.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresFixture server;
    private readonly string name;

    internal TestDatabase(PostgresFixture server, string address, string name)
    {
        this.server = server;
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(address)
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

        await server.DropAsync(name);
    }
}
