using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Dispatch;

/// <summary>Wakes whoever can run a job that has just become ready. A lost ring costs time, never the job: the sweeper rings again.</summary>
internal sealed class Bells(
    NpgsqlDataSource database,
    ResumeSignal resume,
    ParentSignal parents,
    HangfireDispatcher hangfire
)
{
    /// <summary>Rings for one job after the transaction that made it ready.</summary>
    public async Task RingForJobAsync(Guid jobId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            "SELECT r.queue, r.resume, r.state, j.parent_id FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE r.job_id = $1",
            jobId
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return;
        if (reader.GetString(2) != "queued")
        {
            if (!reader.IsDBNull(3))
                parents.Ring(reader.GetGuid(3));
            return;
        }
        if (reader.GetBoolean(1))
            resume.Ring();
        else
            hangfire.Ring(reader.GetString(0), jobId);
    }

    /// <summary>For a job that was just queued.</summary>
    public void RingJob(string queue, Guid jobId) => hangfire.Ring(queue, jobId);

    public void RingResume() => resume.Ring();

    /// <summary>One bell for each worker that can take one of <paramref name="jobs"/> new jobs.</summary>
    public void RingLane(string queue, int jobs) => hangfire.RingLane(queue, jobs);

    /// <summary>The sweeper's ring: bells that are said to be under way may be lost, so they are not counted.</summary>
    public void RingLaneAgain(string queue, int bells) => hangfire.RingAgain(queue, bells);

    public void RingParent(Guid parentId) => parents.Ring(parentId);
}

/// <summary>Wakes the resume lane of this process.</summary>
internal sealed class ResumeSignal : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, int.MaxValue);

    public void Ring() => signal.Release();

    public void Dispose() => signal.Dispose();

    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        signal.WaitAsync(timeout, cancellationToken);
}

/// <summary>Tells the drain whose children have ended.</summary>
internal sealed class ParentSignal
{
    private readonly System.Threading.Channels.Channel<Guid> parents =
        System.Threading.Channels.Channel.CreateUnbounded<Guid>();

    public void Ring(Guid parentId) => parents.Writer.TryWrite(parentId);

    public System.Threading.Channels.ChannelReader<Guid> Reader => parents.Reader;
}
