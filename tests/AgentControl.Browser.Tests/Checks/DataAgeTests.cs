using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using AgentControl.TestKit;
using Microsoft.Playwright;
using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>The database goes while the browser's own connection stays: old data are never shown as live.</summary>
[Collection(TimedCollection.Name)]
public sealed class DataAgeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private const string Key = "key-of-the-data-age-check-01";
    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(5);

    // Other work on the machine delays timers and drawing.
    private static readonly TimeSpan _slack = TimeSpan.FromSeconds(3);

    private readonly PostgresFixture postgres = new();
    private TestDatabase database = null!;
    private CuttableLine line = null!;
    private Installation installation = null!;
    private TestBrowser browser = null!;
    private string signedIn = "";

    private const string CountSayings =
        "() => { globalThis.acSaid = []; new MutationObserver(() => globalThis.acSaid.push(document.getElementById('ac-assertive').textContent)).observe(document.getElementById('ac-assertive'), { childList: true }); }";

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        line = new CuttableLine($"tcp://{direct.Host}:{direct.Port.ToString(CultureInfo.InvariantCulture)}");
        direct.Port = new Uri(line.Url).Port;
        direct.Host = "127.0.0.1";
        installation = new Installation(
            new Dictionary<string, string>
            {
                ["ConnectionStrings:AgentControl"] = direct.ConnectionString,
                ["AgentControl:Bootstrap:AdminEmail"] = Email,
                ["AgentControl:Bootstrap:AdminPassword"] = Password,
                ["AgentControl:Bootstrap:ApiKey"] = Key,
            }
        );
        await installation.StartAsync();
        browser = await TestBrowser.StartAsync();
        signedIn = await Access.SignInAsync(browser, installation.Url, Email, Password);
        await SubmitAsync("Before the cut");
    }

    [Fact]
    public async Task A_cut_database_is_told_within_five_seconds_and_its_return_brings_fresh_data()
    {
        await using var context = await browser.OpenAsync(
            new() { BaseURL = installation.Url, StorageState = signedIn }
        );
        var jobs = await context.NewPageAsync();
        await jobs.OpenAsync("/jobs");
        await Assertions.Expect(jobs.GetByTestId("job-row")).ToContainTextAsync("Before the cut");
        var wall = await context.NewPageAsync();
        await wall.OpenAsync("/wall");
        await Assertions.Expect(wall.GetByTestId("wall-bar")).ToBeHiddenAsync();
        var page = await context.NewPageAsync();
        var lost = 0;
        page.WebSocket += (_, socket) => socket.Close += (_, _) => lost++;
        await page.OpenAsync("/jobs");
        await page.GetByRole(AriaRole.Link, new() { Name = "Before the cut" }).ClickAsync();
        var cancel = page.Locator("[data-testid=job-actions] [data-action=cancel]");
        await Assertions.Expect(cancel).ToBeEnabledAsync();
        await Assertions.Expect(page.GetByTestId("connection")).ToHaveTextAsync("live", new() { UseInnerText = true });
        await page.EvaluateAsync(CountSayings);

        line.Cut();
        var since = Stopwatch.StartNew();
        var bar = page.GetByTestId("data-age");
        await Assertions.Expect(bar).ToBeVisibleAsync();
        output.WriteLine($"The bar came after {since.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(since.Elapsed < _promised + _slack, $"The bar came after {since.Elapsed}.");
        await Assertions.Expect(cancel).ToBeDisabledAsync();
        await Assertions
            .Expect(page.GetByTestId("connection"))
            .ToHaveTextAsync("reconnecting", new() { UseInnerText = true });
        Assert.Equal("live", await page.Locator("html").GetAttributeAsync("data-connection"));

        // It counts on by itself, and says of when the data are.
        await Assertions.Expect(bar).ToHaveTextAsync(Said(@"([7-9]|[1-5]\d) s"), new() { UseInnerText = true });
        await Assertions.Expect(jobs.GetByTestId("data-age")).ToBeVisibleAsync();
        await Assertions.Expect(wall.GetByTestId("wall-bar")).ToContainTextAsync("old – reconnecting");
        await Assertions.Expect(wall.GetByTestId("wall-request")).ToHaveCountAsync(1);
        await RenameAsync("After the cut");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Before the cut");

        line.Mend();
        await Assertions.Expect(bar).ToBeHiddenAsync();
        await Assertions.Expect(cancel).ToBeEnabledAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("After the cut");
        await Assertions.Expect(page.GetByTestId("connection")).ToHaveTextAsync("live", new() { UseInnerText = true });
        await Assertions.Expect(jobs.GetByTestId("job-row")).ToContainTextAsync("After the cut");
        await Assertions.Expect(wall.GetByTestId("wall-bar")).ToBeHiddenAsync();
        Assert.Equal(0, lost);
        Assert.Matches(
            "^Data is \\d s old",
            Assert.Single(await page.EvaluateAsync<string[]>("() => globalThis.acSaid"))
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        if (installation is not null)
            await installation.DisposeAsync();
        line?.Dispose();
        if (database is not null)
            await database.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private static Regex Said(string age) =>
        new(
            $@"Data is {age} old\. Reconnecting to the database…\s+Last data \d\d:\d\d:\d\d$",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );

    private async Task SubmitAsync(string name)
    {
        using var http = new HttpClient { BaseAddress = new Uri(installation.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var answer = await http.PostAsJsonAsync("/api/v1/jobs", CheckedProgram.Gate(name));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    // Without an event, so that only a page that reads anew can know it.
    private async Task RenameAsync(string name)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("UPDATE jobs SET name = $1", connection);
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteNonQueryAsync();
    }
}
