using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>One job with 30,000 events: its log and its timeline.</summary>
[Collection(PagesCollection.Name)]
public sealed class LargeRunTests(CheckedProgram program)
{
    private const string Job = "big-run";
    private const int Events = 30_000;
    private const string Rows = "() => document.querySelectorAll('[data-testid=event-row]').length";
    private const string Top = "() => document.querySelector('[data-testid=events]').scrollTop";

    private const string ToEnd =
        "() => { const t = document.querySelector('[data-testid=events]'); return t.scrollHeight - t.scrollTop - t.clientHeight; }";

    private static readonly TimeSpan _matchLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A09_A_large_log_stands_still_while_it_is_read_and_its_timeline_says_that_it_is_paused()
    {
        await RunSeeds.BigAsync(program.Installation, Job, Events);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync($"/jobs?q={Job}");
        await page.GetByRole(AriaRole.Link, new() { Name = Job }).ClickAsync();
        await Assertions
            .Expect(page.GetByTestId("timeline-paused"))
            .ToContainTextAsync("Live timeline paused: this run is very large.");
        await Assertions
            .Expect(page.GetByTestId("timeline-paused").GetByRole(AriaRole.Button, new() { Name = "Refresh" }))
            .ToBeVisibleAsync();

        await page.Locator("main .ac-tabs").GetByRole(AriaRole.Link, new() { Name = "Events" }).ClickAsync();
        var follow = page.GetByTestId("follow");
        await Assertions.Expect(page.GetByText(RunSeeds.EventText(Events), new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(follow).ToBeCheckedAsync();
        Assert.InRange(await page.EvaluateAsync<int>(Rows), 1, 400);

        await page.GetByTestId("events").HoverAsync();
        await page.Mouse.WheelAsync(0, -500);
        await Assertions.Expect(follow).Not.ToBeCheckedAsync();
        await page.WaitForFunctionAsync($"() => ({ToEnd})() >= 500");
        var (top, read) = (await page.EvaluateAsync<double>(Top), await FirstInSightAsync(page));
        await RunSeeds.AppendAsync(program.Installation, Job, 100);
        var jump = page.GetByTestId("jump-new");
        await Assertions.Expect(jump).ToHaveTextAsync(new Regex("^100 new events$", RegexOptions.None, _matchLimit));
        Assert.Equal(top, await page.EvaluateAsync<double>(Top));
        Assert.Equal(read, await FirstInSightAsync(page));
        await Assertions.Expect(follow).Not.ToBeCheckedAsync();
        Assert.InRange(await page.EvaluateAsync<int>(Rows), 1, 400);

        await jump.ClickAsync();
        await Assertions.Expect(follow).ToBeCheckedAsync();
        await Assertions
            .Expect(page.GetByText(RunSeeds.EventText(Events + 100), new() { Exact = true }))
            .ToBeVisibleAsync();
        await page.WaitForFunctionAsync($"() => Math.abs(({ToEnd})()) < 2");
        await Assertions.Expect(jump).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByTestId("events")).ToBeFocusedAsync();

        // Where it stopped stands how much came meanwhile; lines are gone through and opened by keyboard.
        await page.Keyboard.PressAsync("ArrowUp");
        var line = page.Locator("[data-testid=event-row]:focus");
        await Assertions.Expect(line).ToContainTextAsync(RunSeeds.EventText(Events + 100));
        // All at once: most of the lines are not in the page yet.
        await page.EvaluateAsync(
            "() => { for (let up = 0; up < 100; up++) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true })); }"
        );
        await Assertions.Expect(line).ToContainTextAsync(RunSeeds.EventText(Events));
        await Assertions
            .Expect(page.GetByTestId("pause-marker"))
            .ToContainTextAsync(new Regex(@"paused .+ – .+ · 100 events came", RegexOptions.None, _matchLimit));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("event-panel")).ToContainTextAsync(RunSeeds.EventText(Events));
        await Assertions.Expect(follow).Not.ToBeCheckedAsync();
        await follow.CheckAsync();
        Assert.InRange(await page.EvaluateAsync<int>(Rows), 1, 400);

        // It follows again.
        await RunSeeds.AppendAsync(program.Installation, Job, 1);
        await Assertions
            .Expect(page.GetByText(RunSeeds.EventText(Events + 101), new() { Exact = true }))
            .ToBeVisibleAsync();
        await page.WaitForFunctionAsync($"() => Math.abs(({ToEnd})()) < 2");
    }

    private static Task<string> FirstInSightAsync(IPage page) =>
        page.EvaluateAsync<string>(
            "() => { const t = document.querySelector('[data-testid=events]'), top = t.getBoundingClientRect().top; return [...t.querySelectorAll('[data-testid=event-row]')].find((r) => r.getBoundingClientRect().top >= top - 1).textContent; }"
        );
}
