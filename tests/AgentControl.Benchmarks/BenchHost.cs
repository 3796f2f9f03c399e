using System.Diagnostics;
using AgentControl.Agents;
using AgentControl.Core.Agents;
using AgentControl.Engine;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Benchmarks;

/// <summary>The engine on a database of its own, as a worker process would run it.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly IHost host;

    private BenchHost(IHost host) => this.host = host;

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    public static async Task<BenchHost> StartAsync(
        string connectionString,
        string directory,
        int workers,
        IEnumerable<AgentDefinition>? more = null,
        ControlDatabase? own = null
    )
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:AgentControl"] = connectionString,
                ["AgentControl:DataDirectory"] = directory,
                ["AgentControl:Queues:default"] = workers.ToString(System.Globalization.CultureInfo.InvariantCulture),
            }
        );
        builder.Services.AddEngine(builder.Configuration);
        builder.Services.AddWorkspaces(builder.Configuration);
        builder.Services.AddQueries();
        foreach (var agent in BuiltInAgents.All(synthetic: true).Concat(more ?? []))
            builder.Services.AddSingleton(agent);
        var host = builder.Build();
        await host.Services.GetRequiredService<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        if (own is not null)
            await own.ReleaseDeadLeasesAsync(
                host.Services.GetRequiredService<NpgsqlDataSource>(),
                CancellationToken.None
            );
        await host.StartAsync();
        return new BenchHost(host);
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 600;
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql)
    {
        var values = new List<T>();
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    /// <summary>Asks until the answer is true; for what is set up, not for what is timed.</summary>
    public async Task UntilAsync(string question)
    {
        var since = Stopwatch.GetTimestamp();
        while (!await ScalarAsync<bool>(question))
        {
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(4))
                throw new TimeoutException($"Not within four minutes: {question}");
            await Task.Delay(100);
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
