using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(TimedCollection.Name)]
public sealed class LiveTests(CheckedProgram program, ITestOutputHelper output)
{
    private const int Rows = 50;
    private static readonly TimeSpan _watched = TimeSpan.FromSeconds(10);

    private const string Mark = """
        () => {
          const rows = [...document.querySelectorAll("[data-testid=job-row]")];
          rows.forEach((row, no) => { row.acNo = no; });
          const scroller = document.getElementById("ac-body");
          scroller.scrollTop = 120;
          rows[7].querySelector("a").focus();
          globalThis.acScroll = scroller.scrollTop;
          return rows.length;
        }
        """;

    private const string Look = """
        () => {
          const rows = [...document.querySelectorAll("[data-testid=job-row]")];
          return {
            sameRows: rows.length > 0 && rows.every((row, no) => row.acNo === no),
            sameFocus: document.activeElement === rows[7].querySelector("a"),
            sameScroll: document.getElementById("ac-body").scrollTop === globalThis.acScroll && globalThis.acScroll > 0,
            moved: rows.filter((row) => Number(row.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")) > 0).length,
          };
        }
        """;

    [Fact]
    public async Task A06_A_list_under_forty_changes_a_second_moves_nothing_and_sends_little()
    {
        await Seeds.RunningAsync(program.Installation, "live", Rows);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        var batches = RenderBatches.Of(page);
        await page.OpenAsync("/jobs");
        Assert.Equal(Rows, await page.EvaluateAsync<int>(Mark));
        var (batchesBefore, bytesBefore) = (batches.Batches, batches.Bytes);
        var driven = LiveSeed.DriveAsync(program.Installation, "live", _watched, newcomerAt: 10);
        await page.WatchAsync((int)_watched.TotalMilliseconds);
        var (drawn, sent) = (batches.Batches - batchesBefore, batches.Bytes - bytesBefore);
        var changes = await driven;
        output.WriteLine($"A06: {changes} changes, {drawn} batches, {sent} bytes");

        var seen = await page.EvaluateAsync<Seen>(Look);
        Assert.InRange(drawn, 1, 40);
        Assert.InRange(sent, 1, 150 * 1024);
        Assert.True(seen.Moved > Rows / 2, $"Only {seen.Moved} rows moved.");
        Assert.True(seen.SameRows, "A row was made anew or the order changed.");
        Assert.True(seen.SameFocus, "The focus moved.");
        Assert.True(seen.SameScroll, "The page scrolled.");
        await Assertions.Expect(page.GetByTestId("new-count")).ToHaveTextAsync("1 new");
    }

    [Fact]
    public async Task A07_A_page_that_nothing_happens_on_draws_nothing_while_its_times_tick()
    {
        await Seeds.RunningAsync(program.Installation, "young", 1);
        await using var context = await program.OpenAsync();
        var opened = new List<(string Route, IPage Page, RenderBatches Batches)>();
        foreach (var route in Routes.Interactive.Where(r => r != Routes.Wall))
        {
            var page = await context.NewPageAsync();
            opened.Add((route, page, RenderBatches.Of(page)));
            await program.VisitAsync(page, route);
        }

        await Task.WhenAll(opened.Select(o => o.Page.SettleAsync(o.Batches)));
        var ticking = opened.Single(o => o.Route == "/jobs").Page;
        await ticking.EvaluateAsync(
            "() => { globalThis.acTicks = 0; new MutationObserver(() => globalThis.acTicks++).observe(document.querySelector('[data-testid=job-row] ac-time'), { subtree: true, characterData: true, childList: true }); }"
        );
        var before = opened.ConvertAll(o => o.Batches.Batches);
        await ticking.WatchAsync((int)_watched.TotalMilliseconds);
        var drawn = opened.Select((o, no) => (o.Route, Batches: o.Batches.Batches - before[no])).ToList();
        var ticks = await ticking.EvaluateAsync<int>("() => globalThis.acTicks");
        output.WriteLine($"A07: {drawn.Sum(d => d.Batches)} batches on {drawn.Count} pages, {ticks} ticks");
        Assert.All(drawn, d => Assert.True(d.Batches == 0, $"{d.Route} drew {d.Batches} times."));
        Assert.InRange(ticks, 5, 15);
    }

    private sealed class Seen
    {
        public bool SameRows { get; set; }
        public bool SameFocus { get; set; }
        public bool SameScroll { get; set; }
        public int Moved { get; set; }
    }
}
