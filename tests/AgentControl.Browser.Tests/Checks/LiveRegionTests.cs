using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>What a screen reader is told, and what it is not.</summary>
[Collection(PagesCollection.Name)]
public sealed class LiveRegionTests(CheckedProgram program, ITestOutputHelper output)
{
    private const int Rows = 50;
    private static readonly TimeSpan _watched = TimeSpan.FromSeconds(30);

    // Every text that a region took on.
    private const string Listen = """
        () => {
          globalThis.acSaid = { "ac-polite": [], "ac-assertive": [] };
          for (const id of Object.keys(acSaid)) {
            const region = document.getElementById(id);
            new MutationObserver(() => acSaid[id].push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
          }
        }
        """;

    private const string Bars =
        "() => [document.querySelectorAll('[role=progressbar]').length, document.querySelectorAll('[role=progressbar][aria-live], [aria-live] [role=progressbar]').length]";

    [Fact]
    public async Task A23_Forty_changes_a_second_are_told_in_few_words_and_never_as_numbers_that_grow()
    {
        await Seeds.RunningAsync(program.Installation, "told", Rows);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs");
        var job = await context.NewPageAsync();
        await job.OpenAsync("/jobs?q=told-1");
        await job.GetByRole(AriaRole.Link, new() { Name = "told-1", Exact = true }).ClickAsync();
        await Assertions.Expect(job.GetByTestId("job-head").GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        foreach (var one in (IPage[])[page, job])
            await one.EvaluateAsync(Listen);
        var driven = LiveSeed.DriveAsync(program.Installation, "told", _watched, newcomerAt: 4, again: true);
        await page.WatchAsync((int)_watched.TotalMilliseconds);
        foreach (var one in (IPage[])[page, job])
        {
            var said = await SaidAsync(one, "ac-polite");
            output.WriteLine($"A23: {said.Length} sayings, the last “{said.LastOrDefault()}”");
            Assert.InRange(said.Length, one == page ? 1 : 0, 15);
            Assert.All(said, text => Assert.DoesNotContain("%", text, StringComparison.Ordinal));
            Assert.Empty(await SaidAsync(one, "ac-assertive"));
            var bars = await one.EvaluateAsync<int[]>(Bars);
            Assert.True(bars is [> 0, 0], $"{bars[0]} bars, {bars[1]} of them are told.");
        }

        Assert.Matches("^[0-9]+ new jobs?\\.$", (await SaidAsync(page, "ac-polite"))[^1]);
        await driven;
    }

    [Fact]
    public async Task A23_A_cut_socket_is_told_once()
    {
        using var line = new CuttableLine(program.Installation.Url);
        await using var context = await program.OpenAsync(new(), line.Url);
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs");
        await page.EvaluateAsync(Listen);

        line.Cut();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToContainTextAsync("Connection lost.");
        // Several tries to come back, and longer than data may be old.
        await page.WatchAsync(8_000);
        Assert.StartsWith(
            "Connection lost.",
            Assert.Single(await SaidAsync(page, "ac-assertive")),
            StringComparison.Ordinal
        );
        line.Mend();
        await page.InteractiveAsync();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        Assert.Single(await SaidAsync(page, "ac-assertive"));
    }

    private static Task<string[]> SaidAsync(IPage page, string region) =>
        page.EvaluateAsync<string[]>("id => globalThis.acSaid[id]", region);
}
