using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.Engine.Tests.Storage;

public sealed class MigrationTests(PostgresFixture fixture)
{
    [Fact]
    public void The_migrations_match_the_model()
    {
        using var context = Open("Host=127.0.0.1");

        Assert.False(
            context.Database.HasPendingModelChanges(),
            "The model has changed. Run: dotnet ef migrations add <Name> --project src/AgentControl.Engine --output-dir Storage/Migrations"
        );
    }

    [Fact]
    public async Task A_new_database_has_every_migration()
    {
        await using var database = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var context = Open(database.ConnectionString);

        Assert.Empty(await context.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(await context.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_start_with_nothing_to_change_leaves_EF_Core_alone()
    {
        await using var database = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);

        await MigrateWithoutEfAsync(database);
    }

    [Fact]
    public async Task A_schema_that_lacks_a_migration_is_brought_up_by_EF_Core()
    {
        await using var database = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(
            database,
            """DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" = (SELECT max("MigrationId") FROM "__EFMigrationsHistory")"""
        );

        await Assert.ThrowsAsync<NotSupportedException>(() => MigrateWithoutEfAsync(database));
    }

    [Fact]
    public async Task A_schema_of_a_newer_program_is_refused_with_the_remedy()
    {
        await using var database = await fixture.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(
            database,
            """INSERT INTO "__EFMigrationsHistory" VALUES ('29991231000000_Later', '99.0.0')"""
        );

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => MigrateWithoutEfAsync(database));

        Assert.Contains("29991231000000_Later", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Start that version", refused.Message, StringComparison.Ordinal);
    }

    private static async Task MigrateWithoutEfAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await new DatabaseMigrator(source, new NoContexts()).MigrateAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private sealed class NoContexts : IDbContextFactory<ControlDbContext>
    {
        public ControlDbContext CreateDbContext() => throw new NotSupportedException("EF Core was asked.");
    }

    private static ControlDbContext Open(string connectionString) =>
        new(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql(connectionString).Options);
}
