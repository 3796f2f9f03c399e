using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;
using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Every list with nothing in it, behind a database that is slow, and behind one that fails; in a program of its own.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class ListStatesTests(ITestOutputHelper output) : IAsyncDisposable
{
    // How many lists are looked at together: more are less waiting, and more work for the machine at once.
    private const int Together = 10;
    private const int Slow = 5_000;
    private const int Settling = 500;
    private const double LeastWait = 150;
    private const int OtherPlace = 4;
    private readonly CheckedProgram program = new();
    private readonly Stopwatch taken = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, string> wrong = new(StringComparer.Ordinal);
    private IPage[] pages = [];
    private string bare = "";

    // When a skeleton came and when it could be seen; where its rows were, and whether those of the list lie there.
    private const string Skeletons = """
        (() => {
          const seen = globalThis.acSeen = {
            came: null, at: null, rows: [],
            reset() { Object.assign(seen, { came: null, at: null, rows: [] }); acShifts.reset(); },
            measure(part) { seen.rows = places(`${part} .ac-skeleton__row`); },
            compare(rows) { return [seen.rows[0], places(rows)[0], [0, Math.min(...places(rows).map((r) => r[1]))]].flat(); },
          };
          const places = (rows) => [...document.querySelectorAll(rows)].map((r) => r.getBoundingClientRect()).map((r) => [r.top, r.height]);
          const look = () => {
            const skeleton = document.querySelector("main .ac-skeleton");
            if (!skeleton) seen.came = null;
            else if (Number(getComputedStyle(skeleton).opacity) > 0) seen.at = performance.now();
            else requestAnimationFrame(look);
          };
          new MutationObserver(() => {
            if (seen.came || !document.querySelector("main .ac-skeleton")) return;
            seen.came = performance.now();
            look();
          }).observe(document, { childList: true, subtree: true });
        })();
        """;

    [Fact]
    public void A32_Every_list_of_the_pages_is_looked_at() =>
        Assert.Equal(Routes.Interactive.Order(), ListStates.All.Select(l => l.Route).Concat(ListStates.Others).Order());

    [Fact]
    public async Task A32_An_empty_a_slow_and_a_failing_list_each_say_so()
    {
        await program.StartEmptyAsync();
        Tell("The program has started");
        await using var context = await program.OpenAsync();
        await context.AddInitScriptAsync(LayoutShifts.Watch + Skeletons);
        pages = await Task.WhenAll(Enumerable.Range(0, Together).Select(_ => context.NewPageAsync()));
        // One belongs to somebody who asked for less motion.
        await pages[0].EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await Task.WhenAll(pages.Select(p => p.OpenAsync("/jobs/compare")));
        Tell("The pages are open");

        foreach (var lists in ListStates.All.Where(l => !IsOfJob(l)).Chunk(Together))
            await EachAsync(lists, IsEmptyAsync);
        bare = (await program.PostAsync("/api/v1/jobs", Later)).GetProperty("shortId").GetString()!;
        await EachAsync(ListStates.All.Where(IsOfJob), IsEmptyAsync);
        Tell("Empty");

        await program.FillAsync();
        await FillMoreAsync();
        Tell("Filled");
        foreach (var lists in ListStates.All.Where(l => l.Table is not null).Chunk(Together))
        {
            await IsSlowAsync(lists);
            Tell("Slow");
            await FailsAsync(lists);
            Tell("Failed");
        }

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Select(w => $"{w.Key}: {w.Value}")));
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();

    /// <summary>A job with nothing in it yet.</summary>
    private static object Later =>
        new
        {
            agent = "synthetic",
            name = "Later",
            runAt = DateTimeOffset.UtcNow.AddHours(3),
        };

    private static bool IsOfJob(ListState list) => list.Route.Contains("{job}", StringComparison.Ordinal);

    private void Tell(string what) =>
        output.WriteLine($"{taken.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s: {what}");

    private async Task FillMoreAsync()
    {
        await Seeds.FailureAsync(program.Installation);
        await Seeds.CheckpointAsync(program.Installation, program.Job);
        await program.PutFileAsync("old.md", "Old");
        await program.DeleteAsync("/api/v1/workspaces/default/files/old.md");
        await program.PutAsync("/api/v1/groups/finance");
        await program.PutAsync("/api/v1/approval-policies", new { agent = "contracts", terms = new { required = 1 } });
        await program.PutAsync(
            "/api/v1/notifications/channels/ops",
            new { type = "slack", settings = new { webhookUrl = "http://127.0.0.1:9/" } }
        );
    }

    private async Task IsEmptyAsync(IPage page, ListState list)
    {
        await OpenAsync(page, (list.EmptyAt ?? list.Route).Replace("{job}", bare, StringComparison.Ordinal));
        if (list.Empty is not null)
        {
            var empty = page.GetByTestId("empty").Filter(new() { HasText = list.Empty });
            await Assertions.Expect(empty.Locator("a, button")).ToHaveTextAsync(list.Actions);
        }

        await Assertions.Expect(page.Locator(ListState.Skeleton)).ToHaveCountAsync(0);
        await page.WatchAsync(Settling);
        Assert.Equal("", await page.JumpsAsync());
    }

    private async Task IsSlowAsync(IReadOnlyList<ListState> lists)
    {
        await EachAsync(lists, StepAsideAsync);
        await using (await Held.AllAsync(program, ListStates.Tables))
        {
            await EachAsync(lists, OpenAsync);
            await EachAsync(lists, ShowsThatItLoadsAsync);
            await pages[0].WatchAsync(Slow);
            await EachAsync(
                lists,
                async (page, list) =>
                {
                    Assert.Equal(0, await page.Locator(ListState.ErrorPanel).CountAsync());
                    if (list.Loading == ListState.Skeleton)
                        await Assertions.Expect(page.Locator(list.Loading).First).ToBeVisibleAsync();
                    await page.EvaluateAsync("part => acSeen.measure(part)", list.Part);
                }
            );
        }

        await EachAsync(lists, TakesItsPlaceAsync);
    }

    private static async Task ShowsThatItLoadsAsync(IPage page, ListState list)
    {
        await Assertions.Expect(page.Locator(list.Loading).First).ToBeVisibleAsync();
        if (list.Loading != ListState.Skeleton)
            return;
        await page.WaitForFunctionAsync("() => acSeen.at");
        var waited = await page.EvaluateAsync<double>("() => acSeen.at - acSeen.came");
        Assert.True(waited >= LeastWait, $"the skeleton was seen after {waited} ms");
    }

    private static async Task TakesItsPlaceAsync(IPage page, ListState list)
    {
        await Assertions.Expect(page.Locator(list.Rows).First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(ListState.Skeleton)).ToHaveCountAsync(0);
        await page.WatchAsync(Settling);
        Assert.Equal("", await page.JumpsAsync());
        Assert.Equal(0, await page.Locator(ListState.ErrorPanel).CountAsync());
        if (list.Loading != ListState.Skeleton)
            return;
        var at = await page.EvaluateAsync<double[]>("rows => acSeen.compare(rows)", list.Rows);
        var (waited, came, least) = ((Top: at[0], Height: at[1]), (Top: at[2], Height: at[3]), at[5]);
        var said =
            $"the skeleton's first row was {waited.Height} px at {waited.Top}, the list's is {came.Height} px at {came.Top}";
        Assert.True(Math.Abs(waited.Top - came.Top) <= OtherPlace, said);
        Assert.True(
            list.Slack is not { } slack || Math.Abs(waited.Height - least) <= slack,
            $"{said}; the lowest row is {least} px"
        );
    }

    private async Task FailsAsync(IReadOnlyList<ListState> lists)
    {
        await EachAsync(lists, StepAsideAsync);
        await using (await Broken.AllAsync(program, ListStates.Tables))
        {
            await EachAsync(lists, OpenAsync);
            await EachAsync(lists, SaysThatItFailedAsync);
        }

        await EachAsync(lists, ComesBackAsync);
    }

    private static async Task SaysThatItFailedAsync(IPage page, ListState list)
    {
        var errors = page.Locator(list.Failed);
        await Assertions.Expect(errors.First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(ListState.Skeleton)).ToHaveCountAsync(0);
        if (list.Failed != ListState.ErrorPanel)
        {
            await Assertions.Expect(errors).ToHaveTextAsync("The data cannot be read now.");
            return;
        }

        foreach (var error in await errors.AllAsync())
        {
            await Assertions
                .Expect(error)
                .ToContainTextAsync(
                    new Regex(@"could not be .+ \(E-[0-9A-F]{4}\)", RegexOptions.None, TimeSpan.FromSeconds(1))
                );
            await Assertions.Expect(error.GetByRole(AriaRole.Button)).ToHaveTextAsync("Try again");
        }
    }

    /// <summary>By "Try again" of each part that failed.</summary>
    private static async Task ComesBackAsync(IPage page, ListState list)
    {
        var again = page.Locator(ListState.ErrorPanel).GetByRole(AriaRole.Button, new() { Name = "Try again" });
        while (await again.CountAsync() is > 0 and var left)
        {
            await again.First.ClickAsync();
            await Assertions.Expect(again).Not.ToHaveCountAsync(left);
        }

        await Assertions.Expect(page.Locator(list.Rows).First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(list.Failed)).ToHaveCountAsync(0);
    }

    private async Task StepAsideAsync(IPage page, ListState list)
    {
        await OpenAsync(page, program.PathOf(list.From.Path));
        await Assertions.Expect(page.Locator(list.From.Shown)).ToBeVisibleAsync();
    }

    private Task OpenAsync(IPage page, ListState list) => OpenAsync(page, program.PathOf(list.At ?? list.Route));

    /// <summary>As by a link within the program.</summary>
    private static async Task OpenAsync(IPage page, string path) =>
        await page.EvaluateAsync("path => { acSeen.reset(); Blazor.navigateTo(path); }", path);

    /// <summary>Each list on a page of its own, all at once. One for which something is wrong is not looked at any more.</summary>
    private Task EachAsync(IEnumerable<ListState> lists, Func<IPage, ListState, Task> act) =>
        Task.WhenAll(
            lists.Select((list, no) => wrong.ContainsKey(list.Route) ? Task.CompletedTask : TryAsync(list, no, act))
        );

    private async Task TryAsync(ListState list, int no, Func<IPage, ListState, Task> act)
    {
        try
        {
            await act(pages[no], list);
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException or Xunit.Sdk.XunitException)
        {
            wrong[list.Route] = e.Message;
        }
    }
}
