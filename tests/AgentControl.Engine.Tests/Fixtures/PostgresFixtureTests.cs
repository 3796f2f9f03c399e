using AgentControl.TestKit;
using Npgsql;

namespace AgentControl.Engine.Tests.Fixtures;

public sealed class PostgresFixtureTests : IAsyncDisposable
{
    private readonly PostgresFixture fixture = PostgresFixture.PreparedBy(PrepareAsync);

    [Fact]
    public async Task Each_database_is_a_fresh_copy_of_the_template()
    {
        await using var first = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await AskAsync(first.ConnectionString, "INSERT INTO prepared VALUES (2)");

        await using var second = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2L, await AskAsync(first.ConnectionString, "SELECT count(*) FROM prepared"));
        Assert.Equal(1L, await AskAsync(second.ConnectionString, "SELECT count(*) FROM prepared"));
    }

    [Fact]
    public async Task A_database_is_gone_after_its_test_even_with_open_connections()
    {
        var database = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var open = new NpgsqlConnection(database.ConnectionString);
        await open.OpenAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();

        var administration = await fixture.GetAdministrationAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            0L,
            await AskAsync(administration, $"SELECT count(*) FROM pg_database WHERE datname = '{open.Database}'")
        );
    }

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    private static async Task PrepareAsync(string connectionString, CancellationToken cancellationToken) =>
        await AskAsync(connectionString, "CREATE TABLE prepared AS SELECT 1 AS value");

    private static async Task<object?> AskAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
