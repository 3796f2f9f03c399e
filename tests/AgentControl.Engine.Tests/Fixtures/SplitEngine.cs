using AgentControl.Core.Agents;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Live;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Tests.Fixtures;

/// <summary>One process that people talk to and one that runs jobs, on one database.</summary>
internal sealed class SplitEngine : IAsyncDisposable
{
    private readonly TestDatabase database;

    private SplitEngine(TestDatabase database, EngineProcess web, EngineProcess worker) =>
        (this.database, Web, Worker) = (database, web, worker);

    public EngineProcess Web { get; }

    public EngineProcess Worker { get; }

    /// <param name="clock">Of the worker's loops; one that stands leaves it nothing but what it is told.</param>
    public static async Task<SplitEngine> StartAsync(
        PostgresFixture postgres,
        AgentDefinition agent,
        TimeProvider? clock = null
    )
    {
        var database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var web = await EngineProcess.StartAsync(database, [agent], new() { ["AgentControl:Role"] = "web" });
        var worker = await EngineProcess.StartAsync(
            database,
            [agent],
            // Heartbeats bring a running attempt no news for twenty minutes.
            new() { ["AgentControl:Role"] = "worker", ["AgentControl:Lease:Seconds"] = "3600" },
            services =>
            {
                services.AddSingleton(new ResumeLaneOptions(4, TimeSpan.FromHours(1)));
                services.AddSingleton(clock ?? TimeProvider.System);
            }
        );
        foreach (var process in new[] { web, worker })
            await process.Get<PostgresSignals>().Listening.WaitAsync(TestContext.Current.CancellationToken);
        return new SplitEngine(database, web, worker);
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await Web.DisposeAsync();
        await database.DisposeAsync();
    }
}
