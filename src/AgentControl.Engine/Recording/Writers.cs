using AgentControl.Engine.Hosting;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Recording;

/// <summary>The writers of a process; a job always uses the same one.</summary>
internal sealed class Writers(
    EnginePool database,
    LeaseStore leases,
    WorkerIdentity worker,
    EventFeed feed,
    TimeProvider time,
    ILogger<GroupCommitWriter> log
) : IAsyncDisposable
{
    /// <summary>A second one halves the batches and costs more than it overlaps on few cores.</summary>
    private const int Count = 1;

    private readonly GroupCommitWriter[] writers =
    [
        .. Enumerable
            .Range(0, Count)
            .Select(_ => new GroupCommitWriter(database, leases, new(worker.Name, worker.Lease), feed, time, log)),
    ];

    public string Worker => worker.Name;

    public GroupCommitWriter For(Guid jobId) => writers[(jobId.GetHashCode() & int.MaxValue) % writers.Length];

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
            await writer.DisposeAsync();
    }
}
