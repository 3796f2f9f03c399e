using AgentControl.Engine.Storage;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;

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

    private static ControlDbContext Open(string connectionString) =>
        new(new DbContextOptionsBuilder<ControlDbContext>().UseNpgsql(connectionString).Options);
}
