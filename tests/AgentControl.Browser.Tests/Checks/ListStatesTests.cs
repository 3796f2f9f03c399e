using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;
using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Lists of a program in which nothing happened yet: empty, behind a database that is slow, and one that fails.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class ListStatesTests : IAsyncLifetime
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private const string Elsewhere = "/settings/about";
    private const int Slow = 5_000;
    private const double LeastWait = 150;
    private const double MostShift = 0.02;
    private static readonly TimeSpan _matchLimit = TimeSpan.FromSeconds(1);

    // Where it is, the table that it reads, what it says of nothing, and what one can do then; lists that are never empty say nothing.
    private static readonly (string Path, string Table, string? Empty, string? Action)[] _lists =
    [
        ("/jobs", "jobs", "No jobs yet. Pick an agent and give it work.", "New job"),
        ("/approvals?box=all", "approvals", "Nothing waits for a person.", "Jobs"),
        ("/schedules", "schedules", "No job starts by itself yet.", "New schedule"),
        ("/services", "service_minutes", "No job has called a service", "New job"),
        ("/workspace/", "workspace_files", "No files yet.", "New job"),
        ("/workspace/?bin=on", "workspace_files", "The bin is empty.", "All files"),
        ("/notifications", "notifications", "Nothing was told yet.", "Notification settings"),
        ("/audit?who=nobody-at-all", "audit_log", "No line matches these filters.", "Show all"),
        ("/queues", "queues", null, null),
        ("/settings/keys", "api_keys", null, null),
        ("/settings/groups", "groups", null, null),
    ];

    private readonly Installation installation = Access.NewInstallation(Email, Password, "key-of-the-empty-lists-0001");
    private TestBrowser browser = null!;
    private string signedIn = "";

    // From now on: when a skeleton came, when it could be seen, and how far things moved after that.
    private const string Watch = """
        () => {
          globalThis.acSeen = { came: null, seen: null, shift: 0, moved: [] };
          new MutationObserver(() => { if (document.querySelector("main .ac-skeleton")) acSeen.came ??= performance.now(); }).observe(document.body, { childList: true, subtree: true });
          new PerformanceObserver((list) => { for (const e of list.getEntries()) if (acSeen.seen && e.startTime > acSeen.seen && !e.hadRecentInput) { acSeen.shift += e.value; acSeen.moved.push(...e.sources.map((s) => s.node?.className ?? s.node?.nodeName)); } }).observe({ type: "layout-shift", buffered: true });
          (function look() {
            const skeleton = document.querySelector("main .ac-skeleton");
            if (skeleton && Number(getComputedStyle(skeleton).opacity) > 0) acSeen.seen ??= performance.now();
            requestAnimationFrame(look);
          })();
        }
        """;

    public async ValueTask InitializeAsync()
    {
        await installation.StartAsync();
        browser = await TestBrowser.StartAsync();
        signedIn = await Access.SignInAsync(browser, installation.Url, Email, Password);
    }

    [Fact]
    public async Task A32_An_empty_a_slow_and_a_failing_list_each_say_so()
    {
        await using var context = await browser.OpenAsync(
            new() { BaseURL = installation.Url, StorageState = signedIn }
        );
        var pages = new List<IPage>();
        foreach (var list in _lists)
        {
            pages.Add(await context.NewPageAsync());
            await pages[^1].OpenAsync(Elsewhere);
        }

        await EachAsync(pages, (page, _) => page.EvaluateAsync(Watch));
        await using (await LockAsync())
        {
            await EachAsync(pages, (page, no) => GoAsync(page, _lists[no].Path));
            await EachAsync(pages, (page, _) => page.WaitForFunctionAsync("() => globalThis.acSeen.seen"));
            await pages[0].WatchAsync(Slow);
            await EachAsync(pages, (page, _) => Assertions.Expect(Skeleton(page).First).ToBeVisibleAsync());
        }

        await EachAsync(pages, SettlesAsync);

        await EachAsync(
            pages,
            async (page, _) =>
            {
                await GoAsync(page, Elsewhere);
                await Assertions.Expect(page).ToHaveTitleAsync(new Regex("About", RegexOptions.None, _matchLimit));
            }
        );
        await using (var locked = await LockAsync())
        {
            await EachAsync(pages, (page, no) => GoAsync(page, _lists[no].Path));
            var failed = EachAsync(
                pages,
                (page, _) =>
                    Assertions
                        .Expect(Error(page))
                        .ToContainTextAsync(
                            new Regex(
                                @"could not be (?:loaded|read)\. \(E-[0-9A-Z]{4,}\)",
                                RegexOptions.None,
                                _matchLimit
                            )
                        )
            );
            while (await Task.WhenAny(failed, CancelAsync(locked, pages[0])) != failed) { }
            await failed;
        }

        await EachAsync(
            pages,
            async (page, no) =>
            {
                await TryAgainAsync(page);
                await EmptyAsync(page, _lists[no].Empty, _lists[no].Action);
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        await installation.DisposeAsync();
    }

    private static ILocator Skeleton(IPage page) => page.Locator("main .ac-skeleton");

    private static ILocator Error(IPage page) => page.GetByTestId("error-panel").First;

    /// <summary>Does it on all pages at once, and names the lists of those that fail.</summary>
    private static async Task EachAsync(List<IPage> pages, Func<IPage, int, Task> act)
    {
        var wrong = await Task.WhenAll(
            pages.Select(
                async (page, no) =>
                {
                    try
                    {
                        await act(page, no);
                        return null;
                    }
                    catch (Exception e) when (e is PlaywrightException or TimeoutException or Xunit.Sdk.XunitException)
                    {
                        return $"{_lists[no].Path}: {e.Message}";
                    }
                }
            )
        );
        Assert.True(Array.TrueForAll(wrong, w => w is null), string.Join('\n', wrong.OfType<string>()));
    }

    private static async Task SettlesAsync(IPage page, int no)
    {
        await Assertions.Expect(Skeleton(page)).ToHaveCountAsync(0);
        await page.WatchAsync(500);
        var seen = await page.EvaluateAsync<double[]>("() => [acSeen.seen - acSeen.came, acSeen.shift]");
        Assert.True(seen[0] >= LeastWait, $"the skeleton was seen after {seen[0]} ms");
        Assert.True(
            seen[1] < MostShift,
            $"the layout shifted by {seen[1]}: {await page.EvaluateAsync<string>("() => acSeen.moved.join(' ')")}"
        );
        Assert.Equal(0, await page.GetByTestId("error-panel").CountAsync());
    }

    /// <summary>Whoever waits for a locked table is told that its query was cancelled.</summary>
    private static async Task CancelAsync(NpgsqlConnection locked, IPage page)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))",
            locked
        );
        await command.ExecuteNonQueryAsync();
        await page.WatchAsync(100);
    }

    /// <summary>In each part that failed; one that follows its data may have come back by itself.</summary>
    private static async Task TryAgainAsync(IPage page)
    {
        var again = page.GetByTestId("error-panel").GetByRole(AriaRole.Button, new() { Name = "Try again" });
        for (var left = await again.CountAsync(); left > 0; left--)
        {
            try
            {
                await again.First.ClickAsync(new() { Timeout = 5_000 });
            }
            catch (TimeoutException)
            {
                break;
            }

            await page.WatchAsync(250);
        }

        await Assertions.Expect(page.GetByTestId("error-panel")).ToHaveCountAsync(0);
    }

    private static async Task EmptyAsync(IPage page, string? sentence, string? action)
    {
        if (sentence is null)
            return;
        var empty = page.GetByTestId("empty");
        await Assertions.Expect(empty).ToContainTextAsync(sentence);
        await Assertions.Expect(empty.Locator("a, button")).ToHaveTextAsync([action!]);
    }

    private static async Task GoAsync(IPage page, string path) =>
        await page.EvaluateAsync("path => { Blazor.navigateTo(path); }", path);

    /// <summary>Until it is disposed, everybody who reads one of the tables waits.</summary>
    private async Task<NpgsqlConnection> LockAsync()
    {
        var connection = await installation.OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(
            $"BEGIN; LOCK TABLE {string.Join(", ", _lists.Select(l => l.Table).Distinct())} IN ACCESS EXCLUSIVE MODE",
            connection
        );
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
