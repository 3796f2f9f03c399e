using System.Text.Json;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;
using Npgsql;

namespace AgentControl.Browser.Tests.Story;

/// <summary>What was recorded when the program was killed, and what must still be true of it at the end.</summary>
internal sealed class StoryJournal(Installation installation, string shortId)
{
    private readonly Dictionary<string, string> recorded = [];

    public string ShortId => shortId;

    public int FinishedChildren { get; private set; }

    /// <summary>The program is dead, its PostgreSQL is not: this is all that the next start has to go on with.</summary>
    public async Task RememberAsync()
    {
        foreach (var (key, entry) in await StepsAsync())
            recorded[key] = entry;
        FinishedChildren = await FinishedAsync();
    }

    /// <summary>Waits in the database, not on the page: a fast machine is through with all of them before a page has drawn that.</summary>
    public async Task UntilFinishedAsync(int children)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await FinishedAsync() < children)
            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
    }

    private async Task<int> FinishedAsync() =>
        (int)
            await installation.ReadAsync<long>(
                $"SELECT count(*) FROM jobs j JOIN job_runs r ON r.job_id = j.id WHERE r.state = 'succeeded' AND j.parent_id = {Parent}",
                ("short", shortId)
            );

    public async Task HoldsAfterRestartAsync(IAPIRequestContext api, int documents)
    {
        var now = await StepsAsync();
        Assert.NotEmpty(recorded);
        Assert.All(recorded, before => Assert.Equal(before.Value, now[before.Key]));
        Assert.True(now.Count > recorded.Count, "Nothing went on after the restart.");

        var parent = (await GetAsync(api, $"/api/v1/jobs/{shortId}")).GetProperty("id").GetString();
        var children = (await GetAsync(api, $"/api/v1/jobs?parentId={parent}&limit=200"))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        Assert.Equal(documents, children.Count);
        Assert.All(children, child => Assert.Equal("succeeded", child.GetProperty("state").GetString()));
        Assert.True(await CountEventsAsync("job.recovered") > 0, "No job says that it was recovered.");
        Assert.Equal(documents, await CountEventsAsync("job.succeeded"));
        foreach (var child in children)
        {
            var steps = (await GetAsync(api, $"/api/v1/jobs/{child.GetProperty("id").GetString()}/steps?limit=200"))
                .GetProperty("items")
                .EnumerateArray();
            var keys = steps.Select(s => s.GetProperty("key").GetString()).ToList();
            Assert.NotEmpty(keys);
            Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
        }

        Assert.Equal("", await installation.ReadAsync<string>(TwiceRecorded, ("short", shortId)));
    }

    /// <summary>The folder of the results, each of which stands in it.</summary>
    public async Task<string> CheckResultsAsync(IAPIRequestContext api, int documents)
    {
        var output = (await GetAsync(api, $"/api/v1/jobs/{shortId}")).GetProperty("output");
        var skipped = output.GetProperty("skipped").GetArrayLength();
        var results = output.GetProperty("results").GetString()!;
        Assert.Equal(documents, output.GetProperty("documents").GetInt32());
        var files = (await GetAsync(api, $"/api/v1/workspaces/default/files?prefix={results}&limit=200")).GetProperty(
            "items"
        );
        Assert.Equal(documents - skipped, files.GetArrayLength());
        return results[..^"results/".Length];
    }

    private const string Parent = "(SELECT id FROM jobs WHERE short_id = @short)";
    private const string Family = $"(SELECT id FROM jobs WHERE short_id = @short OR parent_id = {Parent})";

    // The log is the witness: a step that ran to its end twice would be told there twice.
    private const string TwiceRecorded = $"""
        SELECT COALESCE(string_agg(told, E'\n'), '') FROM
          (SELECT job_id || ' ' || (data::jsonb ->> 'key') || ' at ' || string_agg(no::text, ', ') AS told FROM events
            WHERE type = 'step.completed' AND job_id IN {Family} GROUP BY job_id, data::jsonb ->> 'key' HAVING count(*) > 1) twice
        """;

    private Task<long> CountEventsAsync(string type) =>
        installation.ReadAsync<long>(
            $"SELECT count(*) FROM events WHERE type = @type AND job_id IN {Family}",
            ("short", shortId),
            ("type", type)
        );

    private async Task<Dictionary<string, string>> StepsAsync()
    {
        await using var connection = await installation.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT job_id || '/' || key || '/' || generation, no || ' ' || attempt || ' ' || completed_at || ' ' || md5(coalesce(result, '')) FROM steps WHERE state = 'completed' AND job_id IN {Family}",
            connection
        );
        command.Parameters.AddWithValue("short", shortId);
        await using var rows = await command.ExecuteReaderAsync();
        var steps = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await rows.ReadAsync())
            steps.Add(rows.GetString(0), rows.GetString(1));
        return steps;
    }

    private static async Task<JsonElement> GetAsync(IAPIRequestContext api, string path)
    {
        var answer = await api.GetAsync(path);
        Assert.True(answer.Ok, $"{path} answered {answer.Status}: {await answer.TextAsync()}");
        return (await answer.JsonAsync())!.Value;
    }
}
