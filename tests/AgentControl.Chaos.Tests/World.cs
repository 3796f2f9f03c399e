using System.Globalization;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Chaos.Tests;

/// <summary>What the tests look at from outside of every process: the database and the effects.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agentcontrol-chaos-").FullName;
    private NpgsqlDataSource? database;

    public World() => File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);

    public string Folder => folder;

    private string Effects => Path.Combine(folder, "effects.log");

    public Dictionary<string, string> Settings(string? connectionString = null, int leaseSeconds = 15)
    {
        var settings = new Dictionary<string, string>
        {
            ["Effects"] = Effects,
            ["AgentControl__DataDirectory"] = Path.Combine(folder, "data"),
            ["AgentControl__Lease__Seconds"] = leaseSeconds.ToString(CultureInfo.InvariantCulture),
        };
        if (connectionString is not null)
            settings["ConnectionStrings__AgentControl"] = connectionString + ";Maximum Pool Size=20";
        return settings;
    }

    /// <summary>Opens the database; again where it came back on another port.</summary>
    public void Look(string connectionString)
    {
        if (database?.ConnectionString == connectionString)
            return;
        database = NpgsqlDataSource.Create(connectionString + ";Maximum Pool Size=3;Application Name=chaos");
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var command = database!.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>A job's log, line by line.</summary>
    public Task<string> StoryAsync(Guid job) =>
        AskAsync<string>(
            $"SELECT COALESCE(string_agg(no || ' ' || type || ' ' || message, E'\\n' ORDER BY no), '') FROM events WHERE job_id = '{job}'"
        );

    /// <summary>Asks until it is true; fails with what the jobs say.</summary>
    public async Task UntilAsync(string sql, int seconds = 120, Func<bool>? orElse = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (orElse?.Invoke() != true)
            {
                try
                {
                    if (await AskAsync<bool>(sql))
                        return;
                }
                catch (NpgsqlException)
                {
                    // The database is away, which is what some tests are about.
                }
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(
                $"Never true: {sql}\n{await AskAsync<string>("SELECT COALESCE(string_agg(job_id || ' ' || state || ' ' || epoch || ' ' || COALESCE(current_step, '') || ' ' || COALESCE(outcome, ''), E'\\n'), '') FROM job_runs WHERE state <> 'succeeded'")}"
            );
        }
    }

    /// <summary>A dead worker's leases end now: what a test waits for is the taking up, not the clock.</summary>
    public async Task EndLeasesAsync()
    {
        await using var command = database!.CreateCommand(
            "UPDATE job_runs SET lease_until = ac_now() - interval '1 second' WHERE state = 'running'"
        );
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>How often a step's body ran.</summary>
    public async Task<int> EffectsAsync(Guid job, string key) =>
        (await EffectsAsync()).Count(line => line.StartsWith($"{job}|{key}|", StringComparison.Ordinal));

    private async Task<string[]> EffectsAsync() => File.Exists(Effects) ? await File.ReadAllLinesAsync(Effects) : [];

    /// <summary>Every invariant that SQL can check, and those between the journal and the effects.</summary>
    /// <param name="crashes">How often a process died: a step that was cut off may have run once more for each.</param>
    /// <param name="cutOff">Steps that never came to be recorded, as <c>job|key</c>.</param>
    public async Task CheckAsync(int crashes, params string[] cutOff)
    {
        Assert.Empty(await new InvariantCheck(database!).RunAsync(TestContext.Current.CancellationToken));
        var recorded = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = database!.CreateCommand(
            "SELECT job_id || '|' || key, (extract(epoch FROM completed_at) * 1000000)::bigint FROM steps WHERE state = 'completed' AND kind IN ('code','once:code')"
        );
        await using (var row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
                recorded[row.GetString(0)] = row.GetInt64(1);
        }
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in await EffectsAsync())
        {
            var end = line.LastIndexOf('|');
            var key = line[..end];
            if (cutOff.Contains(key, StringComparer.Ordinal))
                continue;
            times[key] = times.GetValueOrDefault(key) + 1;
            Assert.True(recorded.TryGetValue(key, out var at), $"{key} had an effect and is in no journal");
            Assert.True(
                long.Parse(line[(end + 1)..], CultureInfo.InvariantCulture) <= at,
                $"{key} ran again after it was recorded"
            );
        }
        Assert.All(recorded.Keys, key => Assert.InRange(times.GetValueOrDefault(key), 1, 1 + crashes));
        // At most the steps under way at a crash ran twice: two branches or children of each job at most.
        Assert.InRange(times.Values.Sum(n => n - 1), 0, crashes * 20);
    }

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
            await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
