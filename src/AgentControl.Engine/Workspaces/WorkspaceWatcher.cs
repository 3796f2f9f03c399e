using AgentControl.Engine.Maintenance;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Workspaces;

/// <summary>Finds what other processes added to workspaces that somebody here looks at. Without onlookers it asks nothing.</summary>
/// <remarks>It compares the ids of the last minute, not the newest instant: a slow commit with an older instant is seen too.</remarks>
internal sealed class WorkspaceWatcher(
    NpgsqlDataSource database,
    WorkspaceChanges changes,
    TimeProvider time,
    ILogger<WorkspaceWatcher> log
) : MaintenanceLoop(time, log)
{
    private const string RecentSql = """
        SELECT workspace, id FROM workspace_activity WHERE workspace = ANY ($1) AND at > ac_now() - interval '1 minute'
        UNION ALL
        SELECT workspace, id FROM agent_note_versions WHERE workspace = ANY ($1) AND at > ac_now() - interval '1 minute'
        """;
    private HashSet<Guid> seen = [];

    protected override TimeSpan Pause => changes.AreWatched ? TimeSpan.FromSeconds(1) : TimeSpan.FromHours(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        changes.WatchBegan += RingOn;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        changes.WatchBegan -= RingOn;
        return base.StopAsync(cancellationToken);
    }

    private void RingOn(object? sender, EventArgs began) => Ring();

    protected override async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        return null;
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var watched = changes.Watched();
        if (watched.Length == 0)
            return;
        var recent = new HashSet<Guid>();
        var changed = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = database.CreateCommand(RecentSql))
        {
            command.Parameters.Add(new() { Value = watched });
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                var id = rows.GetGuid(1);
                recent.Add(id);
                if (!seen.Contains(id))
                    changed.Add(rows.GetString(0));
            }
        }
        seen = recent;
        foreach (var workspace in changed)
            changes.Publish(workspace);
    }
}
