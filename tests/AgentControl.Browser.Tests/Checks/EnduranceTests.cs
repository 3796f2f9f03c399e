using System.Diagnostics;
using System.Globalization;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>What a page costs over a long time, on a quiet machine: run with <c>--explicit only</c>.</summary>
[Collection(TimedCollection.Name)]
public sealed class EnduranceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private const int Jobs = 50;

    /// <summary>24 hours at 50 events a second, a quarter of an hour at once.</summary>
    private const int Rounds = 96;
    private const int EventsOfJob = 900;

    private readonly Installation installation = Access.NewInstallation(Email, Password, "key-of-the-endurance-00001");
    private TestBrowser browser = null!;
    private IBrowserContext context = null!;

    public async ValueTask InitializeAsync()
    {
        await installation.StartAsync();
        await Seeds.RunningAsync(installation, "day", Jobs);
        browser = await TestBrowser.StartAsync();
        var signedIn = await Access.SignInAsync(browser, installation.Url, Email, Password);
        context = await browser.OpenAsync(new() { BaseURL = installation.Url, StorageState = signedIn });
    }

    [Fact(Explicit = true)]
    public async Task A_day_of_events_leaves_the_memory_of_its_pages_flat()
    {
        var job = await installation.ReadAsync<string>("SELECT short_id FROM jobs WHERE name = 'day-1'");
        IPage? log = null;
        foreach (var path in new[] { "/", "/jobs", $"/jobs/{job}/timeline", "/queues", $"/jobs/{job}/events" })
        {
            log = await context.NewPageAsync();
            await log.OpenAsync(path);
        }
        var resident = new List<double>();
        for (var round = 1; round <= Rounds; round++)
        {
            await installation.ExecuteAsync(QuarterOfAnHour, ("events", EventsOfJob));
            var last = round * EventsOfJob;
            // The page that reads the log has heard of the last event.
            await log!.WaitForFunctionAsync(
                "(count) => [...document.querySelectorAll('nav a[aria-current] .ac-count')].some((e) => Number(e.textContent.replaceAll(',', '')) >= count)",
                last
            );
            resident.Add(installation.Program.ResidentBytes / 1024.0 / 1024.0);
            if (round % 12 == 0)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round / 4} h: {resident[^1]:0} MB"));
        }

        // From hour 6 on, when every buffer is full, against the last 6 hours.
        var (early, late) = (resident[24..48].Average(), resident[^24..].Average());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Hours 6-12: {early:0} MB, 18-24: {late:0} MB"));
        Assert.InRange(late, 0, early * 1.1);
    }

    [Fact(Explicit = true)]
    public async Task Forty_changes_a_second_cost_a_list_little()
    {
        var alone = await CostAsync();
        var page = await context.NewPageAsync();
        var batches = RenderBatches.Of(page);
        await page.OpenAsync("/jobs");
        var before = batches.Bytes;
        var watched = await CostAsync();
        var bytes = batches.Bytes - before;

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Without a page {alone:0.0} ms of processor a second, with one {watched:0.0}: {watched - alone:0.0} for its circuit; {bytes / 1024.0 / Seconds:0.0} KB a second"
            )
        );
        Assert.InRange(bytes / 1024.0 / Seconds, 0.1, 15);
        Assert.InRange(watched - alone, double.MinValue, 6);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        await installation.DisposeAsync();
    }

    private const int Seconds = 30;

    /// <summary>Milliseconds of processor that the program uses in a second under forty changes.</summary>
    private async Task<double> CostAsync()
    {
        await using var connection = await installation.OpenDatabaseAsync();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        var (clock, before) = (Stopwatch.StartNew(), installation.Program.ProcessorTime);
        while (clock.Elapsed < TimeSpan.FromSeconds(Seconds) && await beat.WaitForNextTickAsync())
        {
            await using var command = new Npgsql.NpgsqlCommand(TenChanges, connection);
            await command.ExecuteNonQueryAsync();
        }
        return (installation.Program.ProcessorTime - before).TotalMilliseconds / clock.Elapsed.TotalSeconds;
    }

    private const string Told =
        "SELECT pg_notify('agentcontrol_events', 'seed' || string_agg(format(';%s,%s,%s', rtrim(translate(encode(uuid_send(job_id), 'base64'), '+/', '-_'), '='), low, high), ''))";

    private const string TenChanges = $"""
        WITH chosen AS MATERIALIZED (SELECT id AS job_id FROM jobs WHERE name LIKE 'day-%' ORDER BY random() LIMIT 10),
             moved AS (UPDATE job_runs r SET progress_completed = (r.last_no * 25) % 1000 + 1 FROM chosen c WHERE c.job_id = r.job_id RETURNING 1),
             told AS MATERIALIZED (SELECT job_id, ac_append(job_id, 'progress', 'info', 'A little further', NULL, NULL) AS low FROM chosen)
        {Told} FROM (SELECT job_id, low, low AS high FROM told) t;
        """;

    private const string QuarterOfAnHour = $"""
        CREATE TEMP TABLE told AS
          WITH moved AS (UPDATE job_runs SET last_no = last_no + @events, progress_completed = (last_no / 90) % 1000 + 1, updated_at = ac_now() WHERE worker = 'w-1' RETURNING job_id, last_no),
               written AS (INSERT INTO events (job_id, no, at, type, level, message)
                 SELECT job_id, last_no - @events + n, ac_now(), CASE WHEN n % 50 = 0 THEN 'agent.thought' ELSE 'progress' END, 'info', 'A little further, ' || n FROM moved, generate_series(1, @events) n RETURNING 1)
          SELECT job_id, last_no - @events + 1 AS low, last_no AS high, (SELECT count(*) FROM written) AS n FROM moved;
        {Told} FROM told;
        """;
}
