using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Storage.Embedded;
using AgentControl.Engine.Tests.Fixtures;
using AgentControl.Engine.Tests.Storage.Embedded;
using AgentControl.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.Engine.Tests.Storage;

/// <summary>Verify looks at the program's own database and leaves it as it is, whoever serves it.</summary>
public sealed class VerificationTests(PostgresFixture postgres) : IAsyncDisposable
{
    private readonly PostgresTestFolder folder = new();
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beside_a_serving_program_it_reads_and_touches_no_lease()
    {
        var own = await folder.StartAsync();
        await MigrateAsync(own.ConnectionString);
        var point = new HoldPoint();
        await using var other = await postgres.CreateDatabaseAsync(Now);
        await using var engine = await EngineProcess.StartAsync(
            other,
            [TestAgent.Of(job => job.StepAsync<object?>("held", async _ => await HeldAsync(point)))],
            new() { ["ConnectionStrings:AgentControl"] = own.ConnectionString }
        );
        var job = await engine.SubmitAsync("test", new { });
        await point.Reached;

        var (code, said) = await VerifyAsync();

        Assert.True(code == 0, said);
        Assert.StartsWith(
            $"{InvariantCheck.Count} of {InvariantCheck.Count} invariants hold.",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains("The audit log's chain is whole: ", said, StringComparison.Ordinal);
        Assert.True(
            await engine.ScalarAsync<bool>(
                $"SELECT state = 'running' AND epoch = 1 AND lease_until > ac_now() FROM job_runs WHERE job_id = '{job}'"
            )
        );
        point.Open();
        await engine.UntilAsync(job, "succeeded");
        Assert.DoesNotContain("job.recovered", await engine.LogAsync(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alone_it_starts_the_server_and_stops_it_again()
    {
        var own = await folder.StartAsync();
        await MigrateAsync(own.ConnectionString);
        await own.StopAsync(Now);

        var (code, said) = await VerifyAsync();

        Assert.True(code == 0, said);
        Assert.Null(PostmasterFile.Read(folder.Cluster));
    }

    [Fact]
    public async Task A_database_without_schema_is_told_and_gets_none()
    {
        var own = await folder.StartAsync();

        var (code, said) = await VerifyAsync();

        Assert.Equal(1, code);
        Assert.Contains("has no schema yet", said, StringComparison.Ordinal);
        Assert.Equal(
            0L,
            await PostgresTestFolder.AskAsync(own, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        );
    }

    [Fact]
    public async Task A_newer_schema_is_told()
    {
        var own = await folder.StartAsync();
        await MigrateAsync(own.ConnectionString);
        await PostgresTestFolder.AskAsync(
            own,
            """INSERT INTO "__EFMigrationsHistory" SELECT '99990101000000_Later', '10.0.0'"""
        );

        var (code, said) = await VerifyAsync();

        Assert.Equal(1, code);
        Assert.Contains("newer program (migration 99990101000000_Later)", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_database_stays_empty()
    {
        var (code, said) = await VerifyAsync();

        Assert.Equal(1, code);
        Assert.Contains("There is no database", said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    public ValueTask DisposeAsync() => folder.DisposeAsync();

    private static async Task<object?> HeldAsync(HoldPoint point)
    {
        await point.PassAsync(Now);
        return null;
    }

    private static async Task MigrateAsync(string connectionString)
    {
        var options = new DbContextOptionsBuilder<ControlDbContext>()
            .UseNpgsql(connectionString + ";Pooling=false")
            .Options;
        await using var context = new ControlDbContext(options);
        await context.Database.MigrateAsync(Now);
    }

    private async Task<(int Code, string Said)> VerifyAsync()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["AgentControl:DataDirectory"] = folder.Path,
                    [PostgresBinaries.ConfigurationKey] = Environment.GetEnvironmentVariable(
                        "AgentControl__PostgresBinaries"
                    ),
                }
            )
            .Build();
        using var output = new StringWriter();
        var code = await Verification.RunAsync(configuration, NullLogger.Instance, output, null, Now);
        return (code, output.ToString().Trim());
    }
}
