using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>Starts the server again, on its port, when something ended it while the program runs.</summary>
internal sealed class PostgresKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly PostgresServer server;
    private readonly int port;
    private readonly ILogger logger;
    private readonly Task watching;

    public PostgresKeeper(PostgresServer server, int port, TimeProvider time, ILogger logger)
    {
        this.server = server;
        this.port = port;
        this.logger = logger;
        watching = WatchAsync(time, stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
#pragma warning disable VSTHRD003 // The loop is this object's own and needs no particular thread.
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore VSTHRD003
        stopping.Dispose();
    }

    private async Task WatchAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                if (!await server.IsRunningAsync(cancellationToken))
                {
                    EmbeddedPostgresLog.Lost(logger, port);
                    await server.StartAsync(port, cancellationToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                EmbeddedPostgresLog.NotRestarted(logger, failure, port);
            }
        }
    }
}
