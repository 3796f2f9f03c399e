using System.Globalization;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(TimedCollection.Name)]
public sealed class SpeedTests(CheckedProgram program, SpeedTests.WatchedPage watched, ITestOutputHelper output)
    : IClassFixture<SpeedTests.WatchedPage>
{
    private const int Limit = 1_000;
    private const int Loads = 5;
    private const int Majority = Loads / 2 + 1;

    // Other work on the machine may spoil a median; the limit stays, and the pages get another chance.
    private const int Chances = 3;

    private const string Watch = """
        globalThis.acReady = new Promise((done) => {
          const look = () => { if (document.documentElement?.dataset.interactive === "true") done(performance.now()); else requestAnimationFrame(look); };
          new MutationObserver(look).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-interactive"], childList: false });
          look();
        });
        """;

    [Theory]
    [MemberData(nameof(Routes.EveryInteractive), MemberType = typeof(Routes))]
    public async Task A05_A_page_can_be_used_within_a_second(string route)
    {
        var tried = new List<string>();
        var kept = false;
        while (tried.Count < Chances && !kept)
        {
            // Three of five decide what the median is compared to the limit.
            var loads = new List<double>();
            while (loads.Count(l => l < Limit) < Majority && loads.Count(l => l >= Limit) < Majority)
                loads.Add(await ReadyAsync(watched.Page, route));
            kept = loads.Count(l => l < Limit) == Majority;
            tried.Add(string.Join(' ', loads.Select(m => m.ToString("0", CultureInfo.InvariantCulture))));
        }

        var said = string.Join(", ", tried);
        output.WriteLine($"A05 {route}: {said} ms");
        Assert.True(kept, $"{route} took {said} ms (the median of {Loads} loads is over {Limit}).");
    }

    [Fact]
    public async Task A05_The_main_button_works_as_soon_as_the_page_can_be_used()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync("/jobs/new");
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.interactive === 'true'");
        await page.GetByTestId("start").ClickAsync();
        await Assertions
            .Expect(
                page.GetByTestId("error-list")
                    .Or(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "contracts" }))
            )
            .ToBeVisibleAsync();
    }

    private async Task<double> ReadyAsync(IPage page, string route)
    {
        await page.GotoAsync(program.PathOf(route), new() { WaitUntil = WaitUntilState.Commit });
        return await page.EvaluateAsync<double>("() => globalThis.acReady");
    }

    /// <summary>One page for all routes: what they share is in its cache, as it is for whoever goes from page to page.</summary>
    public sealed class WatchedPage(CheckedProgram program) : IAsyncLifetime
    {
        public IPage Page { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var context = await program.OpenAsync();
            await context.AddInitScriptAsync(Watch);
            Page = await context.NewPageAsync();
        }

        public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
    }
}
