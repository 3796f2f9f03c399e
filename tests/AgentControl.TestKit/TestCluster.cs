using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentControl.TestKit;

/// <summary>Clusters of test programs in the temporary folder. A killed test program's cluster is removed by the next one.</summary>
internal static class TestCluster
{
    private static readonly string Home = Path.Combine(Path.GetTempPath(), "agentcontrol-tests");

    public static async Task<EmbeddedPostgres> StartAsync(CancellationToken cancellationToken)
    {
        await RemoveAbandonedAsync(cancellationToken);
        return await EmbeddedPostgres.StartAsync(
            Options(Path.Combine(Home, Guid.NewGuid().ToString("N"))),
            NullLogger.Instance,
            cancellationToken
        );
    }

    public static async Task StopAsync(EmbeddedPostgres cluster)
    {
        await cluster.StopAsync(CancellationToken.None);
        Directory.Delete(cluster.DataDirectory, recursive: true);
    }

    private static async Task RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Home))
        {
            return;
        }

        // A young folder may belong to a program that is just about to lock it.
        var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2);
        foreach (
            var folder in Directory.EnumerateDirectories(Home).Where(path => Directory.GetCreationTimeUtc(path) < old)
        )
        {
            try
            {
                // Whoever still runs holds the folder's lock, and the start refuses. An abandoned one is started to be stopped.
                var left = await EmbeddedPostgres.StartAsync(Options(folder), NullLogger.Instance, cancellationToken);
                await StopAsync(left);
            }
            catch (EmbeddedPostgresException)
            {
                // In use, or not even a cluster yet: its own program or the system's clean-up takes care of it.
            }
        }
    }

    private static EmbeddedPostgresOptions Options(string folder) =>
        new()
        {
            DataDirectory = folder,
            Binaries = Environment.GetEnvironmentVariable("AgentControl__PostgresBinaries"),
            WithoutFsync = true,
        };
}
