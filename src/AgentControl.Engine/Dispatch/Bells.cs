using AgentControl.Engine.Control;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Dispatch;

/// <summary>Wakes whoever can run a job that has just become ready, here and in other processes. A lost ring costs time, never the job: the sweeper rings again.</summary>
internal sealed class Bells(
    NpgsqlDataSource database,
    LocalWakes local,
    ControlSender others,
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
                RingParent(reader.GetGuid(3));
            return;
        }
        if (reader.GetBoolean(1))
            RingResume();
        else
            hangfire.Ring(reader.GetString(0), jobId);
    }

    /// <summary>For a job that was just queued.</summary>
    public void RingJob(string queue, Guid jobId) => hangfire.Ring(queue, jobId);

    /// <summary>A free hand anywhere may go on with it: those of this process may be busy, or there are none.</summary>
    public void RingResume()
    {
        local.Resume(1);
        others.Resume();
    }

    /// <summary>Something was asked of a running job, which may run anywhere: its attempt looks at once instead of at its next heartbeat.</summary>
    public void Nudge(Guid jobId)
    {
        local.Nudge(jobId);
        others.Nudge(jobId);
    }

    /// <summary>One bell for each worker that can take one of <paramref name="jobs"/> new jobs.</summary>
    public void RingLane(string queue, int jobs) => hangfire.RingLane(queue, jobs);

    /// <summary>The sweeper's ring: bells that are said to be under way may be lost, so they are not counted.</summary>
    public void RingLaneAgain(string queue, int bells) => hangfire.RingAgain(queue, bells);

    public void RingParent(Guid parentId)
    {
        if (!local.Parent(parentId))
            others.Parent(parentId);
    }
}
