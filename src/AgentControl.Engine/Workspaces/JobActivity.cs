using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Core.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>
/// Writes into a workspace's feed that a job started and how it ended, within a second of its commit. Jobs of a batch and
/// children stay out: ten thousand lines would hide what people did. The job's own log is the record; this is its echo, and every process may write it.
/// </summary>
internal sealed class JobActivity : MaintenanceLoop
{
    private const int MostWaiting = 50_000;
    private const int Round = 2_000;

    private const string WriteSql = """
        INSERT INTO workspace_activity (id, workspace, kind, author_kind, author_name, job_id, text, at)
        SELECT e.id, j.workspace, e.kind, 'agent', left(j.agent, 200), j.id, left(j.name, 300), e.at
        FROM unnest($1, $2, $3, $4) AS e (id, job_id, kind, at)
        JOIN jobs j ON j.id = e.job_id AND j.parent_id IS NULL AND j.batch_id IS NULL
        JOIN workspaces w ON w.name = j.workspace
        ON CONFLICT (id) DO NOTHING RETURNING workspace
        """;

    private readonly NpgsqlDataSource database;
    private readonly WorkspaceChanges changes;
    private readonly IDisposable subscription;
    private readonly ConcurrentQueue<LiveEvent> waiting = new();

    public JobActivity(
        NpgsqlDataSource database,
        WorkspaceChanges changes,
        EventFeed feed,
        TimeProvider time,
        ILogger<JobActivity> log
    )
        : base(time, log)
    {
        (this.database, this.changes, this.time) = (database, changes, time);
        subscription = feed.Subscribe(Take);
    }

    /// <summary>What happens within this time is written together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(300);
    private readonly TimeProvider time;

    /// <summary>Until a round that failed is tried again.</summary>
    protected override TimeSpan Pause => TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // The database is gone before us; the jobs' own logs have it all.
        }
    }

    public override void Dispose()
    {
        subscription.Dispose();
        base.Dispose();
    }

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        if (!waiting.IsEmpty)
            await Task.Delay(Gather, time, cancellationToken);
        await WriteAsync(cancellationToken);
        return waiting.IsEmpty ? null : TimeSpan.Zero;
    }

    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        // They leave the queue once they are written; a failed round finds them again.
        var events = waiting.Take(Round).ToList();
        if (events.Count == 0)
            return;
        var told = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = database.CreateCommand(WriteSql))
        {
            command.Parameters.Add(new() { Value = events.ConvertAll(IdOf).ToArray() });
            command.Parameters.Add(new() { Value = events.ConvertAll(e => e.JobId).ToArray() });
            command.Parameters.Add(new() { Value = events.ConvertAll(e => e.Type).ToArray() });
            command.Parameters.Add(new() { Value = events.ConvertAll(e => e.At.ToUniversalTime()).ToArray() });
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                told.Add(rows.GetString(0));
        }
        for (var i = 0; i < events.Count; i++)
            waiting.TryDequeue(out _);
        foreach (var workspace in told)
            changes.Publish(workspace);
    }

    private void Take(IReadOnlyList<LiveEvent> events)
    {
        foreach (var one in events)
        {
            if (
                one.Type
                    is EventTypes.JobStarted
                        or EventTypes.JobSucceeded
                        or EventTypes.JobFailed
                        or EventTypes.JobCancelled
                && waiting.Count < MostWaiting
            )
            {
                waiting.Enqueue(one);
                Ring();
            }
        }
    }

    // A job starts once however many attempts it takes; each of its ends has a line of its own.
    private static Guid IdOf(LiveEvent one) =>
        new(
            SHA256
                .HashData(
                    Encoding.UTF8.GetBytes(
                        one.Type == EventTypes.JobStarted
                            ? $"activity {one.JobId} started"
                            : $"activity {one.JobId} {one.No}"
                    )
                )
                .AsSpan(0, 16)
        );
}
