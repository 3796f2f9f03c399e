using System.Diagnostics;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Workers;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Shared;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AgentControl.Web.Access;

/// <summary>One thing that a new installation needs, and whether it is so.</summary>
internal sealed record FirstCheck(string Key, bool Good, string Text);

/// <summary>Looks whether an installation can keep jobs and files and run them.</summary>
internal sealed class FirstStepsReader(
    IServiceProvider services,
    NpgsqlDataSource database,
    WorkerQueries workers,
    TimeProvider clock
)
{
    private const string Sql =
        "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on', clock_timestamp()";

    /// <summary>Less than this and uploads soon have no room.</summary>
    private const long LeastBytes = 1L << 30;

    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<FirstCheck>> ReadAsync(CancellationToken cancellationToken)
    {
        var (writable, skew) = await DatabaseAsync(cancellationToken);
        return
        [
            new(
                "database",
                writable,
                writable
                    ? "Database writable"
                    : "The database takes no changes. Connect to a primary, then check again."
            ),
            Workspace(),
            Clock(skew),
            Workers(await workers.ListAsync(null, cancellationToken)),
        ];
    }

    internal static FirstCheck Clock(TimeSpan skew) =>
        skew.Duration() <= MostSkew
            ? new("clock", true, "Clock agrees with the database")
            : new(
                "clock",
                false,
                $"The clock is {Formats.Duration(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the database. Sync it, then check again."
            );

    internal static FirstCheck Workers(IReadOnlyList<WorkerView> known)
    {
        var alive = known.Where(w => w.State == "alive" && w.Slots > 0).ToList();
        return alive.Count == 0
            ? new("workers", false, "No worker is connected. Start one with AgentControl:Role all or worker.")
            : new(
                "workers",
                true,
                $"{Formats.Count(alive.Count, "worker")} connected ({alive[0].Name}{(alive.Count > 1 ? " and others" : "")}, {Formats.Count(alive.Sum(w => w.Slots), "slot")})"
            );
    }

    private async Task<(bool Writable, TimeSpan Skew)> DatabaseAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        var (before, started) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        // The database looked at its clock about half way.
        var half = Stopwatch.GetElapsedTime(started) / 2;
        return (!row.GetBoolean(0), before + half - row.GetFieldValue<DateTimeOffset>(1));
    }

    private FirstCheck Workspace()
    {
        var options = services.GetService<EngineOptions>() ?? new EngineOptions();
        var folder = services.GetRequiredService<IOptions<WorkspaceOptions>>().Value.Directory is [_, ..] configured
            ? Path.GetFullPath(configured)
            : Path.GetFullPath(options.DataDirectory);
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".writable-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free >= LeastBytes
                ? new("workspace", true, $"Workspace {folder}, {Formats.Bytes(free)} free")
                : new(
                    "workspace",
                    false,
                    $"Workspace {folder} has only {Formats.Bytes(free)} free. Make room, then check again."
                );
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new(
                "workspace",
                false,
                $"Workspace {folder} cannot be written. Give the program the right to, then check again."
            );
        }
    }
}
