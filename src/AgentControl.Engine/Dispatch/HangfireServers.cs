using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Dispatch;

/// <summary>The Hangfire servers of this process. They only grow: a larger queue gets another server beside the first, so that no running job is touched.</summary>
internal sealed class HangfireServers(
    JobStorage storage,
    IServiceProvider services,
    ResumeLaneOptions resume,
    HandPace pace,
    ILogger<HangfireServers> log
) : IDisposable
{
    /// <summary>Hands beyond the permits, so that a bell for a full lane is answered and dropped at once.</summary>
    private const int Spare = 2;
    private readonly Lock gate = new();
    private readonly List<BackgroundJobServer> servers = [];

    /// <summary>Servers of a time before this process drained: their last jobs hand back.</summary>
    private readonly List<BackgroundJobServer> drained = [];
    private readonly HashSet<string> queues = new(StringComparer.Ordinal);
    private int hands;
    private bool closed;

    /// <summary>Starts what is missing for these queues and workers.</summary>
    /// <param name="alone">No other process lives on this database.</param>
    public void Ensure(IReadOnlyDictionary<string, int> workers, bool alone)
    {
        pace.Set(alone);
        lock (gate)
        {
            if (closed)
                return;
            var wanted = workers.Where(w => w.Value > 0).ToArray();
            var needed = wanted.Sum(w => w.Value) + Spare;
            var more = needed - hands;
            var unknown = wanted.Select(w => w.Key).Where(q => !queues.Contains(q)).ToArray();
            if (more <= 0 && unknown.Length == 0)
                return;
            var count = Math.Max(
                more,
                wanted.Where(w => unknown.Contains(w.Key, StringComparer.Ordinal)).Sum(w => w.Value)
            );
            Start([.. wanted.Select(w => w.Key).Order(StringComparer.Ordinal)], count);
            hands += count;
            queues.UnionWith(wanted.Select(w => w.Key));
        }
    }

    /// <summary>No bell is answered any more, and running jobs hand back behind their next step; <see cref="Ensure"/> starts anew.</summary>
    public void Drain()
    {
        lock (gate)
        {
            servers.ForEach(s => s.SendStop());
            drained.AddRange(servers);
            servers.Clear();
            queues.Clear();
            hands = 0;
        }
    }

    /// <summary>Tells all servers to stop; running jobs hand back by the process' own signal.</summary>
    public void SendStop()
    {
        lock (gate)
        {
            closed = true;
            servers.ForEach(s => s.SendStop());
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            foreach (var server in drained.Concat(servers))
                server.Dispose();
            servers.Clear();
            drained.Clear();
        }
    }

    private void Start(string[] names, int workers)
    {
        var first = servers.Count == 0;
        var options = new BackgroundJobServerOptions
        {
            ServerName = $"agentcontrol:{Environment.ProcessId}:{drained.Count + servers.Count}",
            Queues = names,
            WorkerCount = workers,
            // Nobody cancels a bell: a cancelled job hears of it from the engine.
            CancellationCheckInterval = TimeSpan.FromSeconds(30),
            // Only a bell whose answer broke is ever scheduled, and the sweeper rings meanwhile.
            SchedulePollingInterval = TimeSpan.FromSeconds(30),
            StopTimeout = TimeSpan.FromSeconds(10),
            ShutdownTimeout = TimeSpan.FromSeconds(10),
            Activator = (JobActivator)services.GetService(typeof(JobActivator))!,
        };
        var own = first
            ? Enumerable
                .Range(0, resume.Workers)
                .Select(_ => (IBackgroundProcess)services.GetService(typeof(ResumeLane))!)
                .ToArray()
            : [];
        servers.Add(new BackgroundJobServer(options, storage, own));
        Log.HandsStarted(log, workers, string.Join(", ", names));
    }
}

/// <param name="Workers"><c>AgentControl:ResumeWorkers</c>.</param>
/// <param name="Poll">How long a ring that got lost between processes may go unheard.</param>
internal sealed record ResumeLaneOptions(int Workers, TimeSpan Poll);
