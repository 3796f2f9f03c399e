using System.Data;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Storage.Embedded;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AgentControl.TestKit;

/// <summary>
/// One PostgreSQL for a test program, started when the first test asks. A template database is prepared once
/// and copied for each test. <c>AGENTCONTROL_TEST_POSTGRES</c> names a PostgreSQL to use instead of an own one.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    public const string Variable = "AGENTCONTROL_TEST_POSTGRES";

    private const string HangfireSchema = "hangfire";

    // PostgreSQL copies a template only while nobody is connected to it, and one copy at a time.
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly string run = Guid.NewGuid().ToString("N")[..8];
    private readonly Func<string, CancellationToken, Task> prepareTemplate;
    private string? address;
    private NpgsqlConnection? administration;
    private EmbeddedPostgres? own;
    private bool isPrepared;
    private int count;

    private string Template => $"template_{run}";

    /// <summary>Each database has the program's whole schema.</summary>
    public PostgresFixture()
        : this(MigrateAsync) { }

    private PostgresFixture(Func<string, CancellationToken, Task> prepareTemplate) =>
        this.prepareTemplate = prepareTemplate;

    /// <summary>Each database has what <paramref name="prepare"/> puts into the template, whose connection string it is given.</summary>
    public static PostgresFixture PreparedBy(Func<string, CancellationToken, Task> prepare) => new(prepare);

    /// <summary>A connection string of an administrator, to the database <c>postgres</c>.</summary>
    public async Task<string> GetAdministrationAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await StartAsync_NeedsGate(cancellationToken);
            return address!;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A new database with everything the template has.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await StartAsync_NeedsGate(cancellationToken);
            var name = $"test_{run}_{++count}";
            await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY FILE_COPY", cancellationToken);
            return new TestDatabase(this, address!, name);
        }
        finally
        {
            gate.Release();
        }
    }

    internal async Task DropAsync(string name)
    {
        await gate.WaitAsync();
        try
        {
            await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (administration is not null)
        {
            if (own is null)
                await DropAsync(Template);
            await administration.DisposeAsync();
        }
        if (own is not null)
            await TestCluster.StopAsync(own);
        gate.Dispose();
    }

    private async Task StartAsync_NeedsGate(CancellationToken cancellationToken)
    {
        if (isPrepared)
            return;

        var given = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(given))
        {
            own ??= await TestCluster.StartAsync(cancellationToken);
            given = own.ConnectionString;
        }

        var server = new NpgsqlConnectionStringBuilder(given) { Database = "postgres", Pooling = false };
        address = server.ConnectionString;
        administration ??= new NpgsqlConnection(address);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {Template} WITH (FORCE)", cancellationToken);
        await ExecuteAsync($"CREATE DATABASE {Template}", cancellationToken);
        server.Database = Template;
        await prepareTemplate(server.ConnectionString, cancellationToken);
        isPrepared = true;
    }

    private static async Task MigrateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<ControlDbContext>()
            .UseNpgsql(connectionString + ";Pooling=false")
            .Options;
        await using var context = new ControlDbContext(options);
        await context.Database.MigrateAsync(cancellationToken);
        // Otherwise every engine of every test would make Hangfire's tables anew.
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        PostgreSqlObjectsInstaller.Install(connection, HangfireSchema);
    }

    // One connection for all: a new one costs PostgreSQL as much as the copy of a small database.
    private async Task ExecuteAsync(string statement, CancellationToken cancellationToken)
    {
        if (administration!.State != ConnectionState.Open)
            await administration.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, administration);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
