using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Recording;

/// <summary>The writers of a process; a job always uses the same one. With one, its batches are largest.</summary>
internal sealed class Writers(
    NpgsqlDataSource database,
    WorkerIdentity worker,
    EventFeed feed,
    TimeProvider time,
    ILogger<GroupCommitWriter> log
) : IAsyncDisposable
{
    private readonly GroupCommitWriter[] writers = [new(database, new(worker.Name, worker.Lease), feed, time, log)];

    public string Worker => worker.Name;

    public GroupCommitWriter For(Guid jobId) => writers[(jobId.GetHashCode() & int.MaxValue) % writers.Length];

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in writers)
            await writer.DisposeAsync();
    }
}
