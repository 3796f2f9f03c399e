using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class TimelineTests(CheckedProgram program)
{
    private const string Job = "journey";
    private const int Items = 40;
    private static readonly TimeSpan _matchLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A10_Arrows_lead_through_the_timeline_and_the_address_keeps_where_one_stands()
    {
        await RunSeeds.JourneyAsync(program.Installation, Job, Items);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/jobs?q={Job}");
        await page.GetByRole(AriaRole.Link, new() { Name = Job, Exact = true }).ClickAsync();
        var rows = page.GetByTestId("step-row");
        var panel = page.GetByTestId("step-panel");
        await Assertions.Expect(rows).ToHaveTextAsync(Starting("read", "match", "ask", $"documents ×{Items}", "send"));

        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();

        // Arrows move the selection, and the address follows.
        await rows.First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await SelectedAsync(page, "match#1");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await SelectedAsync(page, "documents#1");
        await Assertions.Expect(panel).ToBeHiddenAsync();

        // They fold and unfold.
        await Assertions.Expect(Row(page, "documents#1")).ToHaveAttributeAsync("aria-expanded", "false");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(Row(page, "documents#1")).ToHaveAttributeAsync("aria-expanded", "true");
        await Assertions.Expect(rows).ToHaveCountAsync(5 + 2 * Items);
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await SelectedAsync(page, "documents#1[0]/extract#1");
        await page.Keyboard.PressAsync("ArrowLeft");
        await SelectedAsync(page, "documents#1[0]");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowLeft");
        await SelectedAsync(page, "documents#1");
        await Assertions.Expect(rows).ToHaveCountAsync(5);

        // Enter opens the panel, which follows; Escape closes it and leaves the focus where it was.
        await page.Keyboard.PressAsync("End");
        await SelectedAsync(page, "send#1");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(panel).ToContainTextAsync("send#1");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(panel).ToBeHiddenAsync();
        await SelectedAsync(page, "send#1");
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await SelectedAsync(page, "match#1");
        await Assertions.Expect(panel).ToContainTextAsync("erp 503");

        // A try is looked at by itself, and its address is one to hand on.
        var attempt = panel.GetByTestId("step-try");
        await Assertions.Expect(attempt.Locator("option")).ToHaveTextAsync(["Try 1, failed", "Try 2"]);
        await attempt.SelectOptionAsync("Try 1, failed");
        await Assertions.Expect(panel.GetByTestId("step-try-reason")).ToHaveTextAsync("erp 503");
        await Assertions.Expect(panel).ToContainTextAsync("40 s");
        await Assertions.Expect(panel.GetByText("Result")).ToHaveCountAsync(0);
        await AttemptAsync(page, "1");
        await ReloadAsync(page);
        await Assertions.Expect(panel.GetByTestId("step-try-reason")).ToHaveTextAsync("erp 503");
        await attempt.SelectOptionAsync("Try 2");
        await Assertions.Expect(panel.GetByText("Result")).ToBeVisibleAsync();
        await AttemptAsync(page, null);

        // What was open is open again.
        await ReloadAsync(page);
        await SelectedAsync(page, "match#1", focused: false);
        await Assertions.Expect(panel).ToContainTextAsync("match#1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the step" }).ClickAsync();
        await SelectedAsync(page, "match#1");
        await ReloadAsync(page);
        await SelectedAsync(page, "match#1", focused: false);
        await Assertions.Expect(panel).ToBeHiddenAsync();

        // A link to a step within a fold opens the way to it, and shows it.
        await page.OpenAsync(
            $"{new Uri(page.Url).AbsolutePath}?step={Uri.EscapeDataString("documents#1[39]/extract#1")}"
        );
        await SelectedAsync(page, "documents#1[39]/extract#1", focused: false);
        await Assertions.Expect(Row(page, "documents#1[39]/extract#1")).ToBeInViewportAsync();
        await Assertions.Expect(panel).ToContainTextAsync("extract");
    }

    [Fact]
    public async Task A10_Tries_are_named_one_by_one_and_idle_time_shrinks_to_a_label_with_its_length()
    {
        const string own = Job + "-bars";
        await RunSeeds.JourneyAsync(program.Installation, own, Items);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/jobs?q={own}");
        await page.GetByRole(AriaRole.Link, new() { Name = own }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();

        Assert.Equal(
            ["try 1, failed, 40 s", "back-off, 30 s", "try 2, completed, 1 min 30 s"],
            await NamesAsync(Row(page, "match#1"))
        );
        Assert.Equal(["waited 18 min"], await NamesAsync(Row(page, "ask#1")));
        foreach (var piece in await Row(page, "match#1").GetByRole(AriaRole.Img).AllAsync())
            Assert.True((await piece.BoundingBoxAsync())!.Width >= 3);

        // Eighteen minutes for a person, three without anything, five of back-off.
        var idle = page.GetByLabel("Hide idle");
        var gaps = page.GetByTestId("gap");
        await Assertions.Expect(idle).ToBeCheckedAsync();
        await Assertions.Expect(gaps).ToHaveTextAsync(["18 min", "3 min", "5 min"]);
        var wait = Row(page, "ask#1").GetByRole(AriaRole.Img);
        Assert.InRange((await wait.BoundingBoxAsync())!.Width, 20, 28);
        await gaps.First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(gaps).ToHaveCountAsync(2);
        Assert.InRange((await wait.BoundingBoxAsync())!.Width, 200, 1_000);
        await page.Keyboard.PressAsync("i");
        await Assertions.Expect(gaps).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("i");
        await Assertions.Expect(gaps).ToHaveCountAsync(3);

        // How long it waited for a worker, when it is asked for.
        var queued = page.GetByTestId("queue-time");
        await Assertions.Expect(queued).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("q");
        Assert.Equal(["waited 15 s for a worker"], await NamesAsync(queued));
        await page.Keyboard.PressAsync("q");
        await Assertions.Expect(queued).ToHaveCountAsync(0);

        // The loop is one row with its number until it is unfolded.
        var compact = page.GetByLabel("Compact");
        await Assertions.Expect(compact).ToBeCheckedAsync();
        await Assertions.Expect(Row(page, "documents#1")).ToContainTextAsync($"documents ×{Items}");
        await Assertions.Expect(page.GetByTestId("step-row")).ToHaveCountAsync(5);
        await Assertions.Expect(Row(page, "read#1")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("c");
        await Assertions.Expect(compact).Not.ToBeCheckedAsync();
        await Assertions.Expect(page.GetByTestId("step-row")).ToHaveCountAsync(5 + 2 * Items);
    }

    [Fact]
    public async Task The_heading_of_a_job_that_comes_late_has_the_focus()
    {
        const string own = Job + "-late";
        await RunSeeds.JourneyAsync(program.Installation, own, 1);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/jobs?q={own}");
        var link = page.GetByRole(AriaRole.Link, new() { Name = own });
        await Assertions.Expect(link).ToBeVisibleAsync();
        await using (await Held.AllAsync(program, ["jobs"]))
        {
            await link.ClickAsync();
            await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Job");
            await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
        }

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(own);
        await Assertions.Expect(page.Locator("h1")).ToBeFocusedAsync();
    }

    private static ILocator Row(IPage page, string id) => page.Locator($"[data-testid=step-row][data-id='{id}']");

    private static async Task SelectedAsync(IPage page, string id, bool focused = true)
    {
        await Assertions.Expect(Row(page, id)).ToHaveAttributeAsync("aria-selected", "true");
        await Assertions.Expect(page.Locator("[data-testid=step-row][aria-selected=true]")).ToHaveCountAsync(1);
        await page.WaitForURLAsync(url => System.Web.HttpUtility.ParseQueryString(new Uri(url).Query)["step"] == id);
        if (focused)
            await Assertions.Expect(Row(page, id)).ToBeFocusedAsync();
    }

    private static Task AttemptAsync(IPage page, string? attempt) =>
        page.WaitForURLAsync(url => System.Web.HttpUtility.ParseQueryString(new Uri(url).Query)["attempt"] == attempt);

    private static async Task ReloadAsync(IPage page)
    {
        await page.ReloadAsync();
        await page.InteractiveAsync();
    }

    private static IEnumerable<Regex> Starting(params string[] texts) =>
        texts.Select(t => new Regex($@"^\s*{t}", RegexOptions.None, _matchLimit));

    private static async Task<IReadOnlyList<string?>> NamesAsync(ILocator row)
    {
        await Assertions.Expect(row).ToBeVisibleAsync();
        return await row.GetByRole(AriaRole.Img)
            .EvaluateAllAsync<string?[]>("all => all.map((e) => e.getAttribute('aria-label'))");
    }
}
