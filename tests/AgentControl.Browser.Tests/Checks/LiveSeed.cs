using System.Diagnostics;
using AgentControl.Browser.Tests.Programs;
using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Forty changes a second to jobs that run, as other processes would make them.</summary>
internal static class LiveSeed
{
    private const int ChangesPerBeat = 10;
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(250);

    // One statement a beat: ten rows a little further, each with its event, and word of them as another process would send it.
    private const string Beat = """
        WITH chosen AS MATERIALIZED (SELECT id FROM jobs WHERE name LIKE @name || '-%' ORDER BY random() LIMIT @count),
             told AS MATERIALIZED (SELECT id, ac_append(id, 'progress', 'info', 'A little further', NULL, NULL) AS no FROM chosen)
        SELECT pg_notify('agentcontrol_events', 'seed' || string_agg(format(';%s,%s,%s', rtrim(translate(encode(uuid_send(id), 'base64'), '+/', '-_'), '='), no, no), '')) FROM told;
        UPDATE job_runs SET progress_completed = (last_no * 25) % 1000 + 1 WHERE last_no > 0 AND job_id IN (SELECT id FROM jobs WHERE name LIKE @name || '-%');
        """;

    /// <summary>Moves the jobs whose names begin with <paramref name="name"/>, and adds a job after so many beats, again and again if asked.</summary>
    /// <returns>How many changes were made.</returns>
    public static async Task<int> DriveAsync(
        Installation installation,
        string name,
        TimeSpan span,
        int newcomerAt,
        bool again = false
    )
    {
        await using var connection = await installation.OpenDatabaseAsync();
        var clock = Stopwatch.StartNew();
        var beats = 0;
        using var timer = new PeriodicTimer(_beat);
        while (clock.Elapsed < span && await timer.WaitForNextTickAsync())
        {
            await using var command = new NpgsqlCommand(Beat, connection);
            command.Parameters.AddWithValue("name", name);
            command.Parameters.AddWithValue("count", ChangesPerBeat);
            await command.ExecuteNonQueryAsync();
            beats++;
            if (again ? beats % newcomerAt == 0 : beats == newcomerAt)
                await Seeds.RunningAsync(installation, "newer", 1);
        }

        return beats * ChangesPerBeat;
    }
}
