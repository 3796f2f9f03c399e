using System.Diagnostics;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A person who has never seen the product decides the one request that waits, led by nothing but what is violet and what stands on buttons.</summary>
[Collection(TimedCollection.Name)]
public sealed class FirstDecisionTests(CheckedProgram program, ITestOutputHelper output) : IAsyncLifetime
{
    private const int MostClicks = 3;
    private const string Workspace = "first-decision";
    private static readonly TimeSpan _promised = TimeSpan.FromSeconds(10);

    // What can be pressed, is seen without scrolling, is covered by nothing, and is violet or holds something violet; marked, so that it can be pressed.
    private const string MarkViolet = """
        () => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "var(--ac-violet)";
          const violet = getComputedStyle(probe).color;
          probe.remove();
          const seen = (e) => {
            const box = e.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
            return e.checkVisibility() && box.width > 0 && x > 0 && y > 0 && x < innerWidth && y < innerHeight && e.contains(document.elementFromPoint(x, y));
          };
          const found = new Set();
          for (const e of document.querySelectorAll("body *")) {
            const style = getComputedStyle(e), press = e.closest("a, button");
            if (press && seen(press) && (style.color === violet || style.backgroundColor === violet)) found.add(press);
          }
          [...found].forEach((e, i) => e.setAttribute("data-violet", i));
          return found.size;
        }
        """;

    private string person = "";

    public async ValueTask InitializeAsync() => person = await program.ApproverAsync(Workspace);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task Whoever_signs_in_decides_with_three_clicks_within_ten_seconds(int width, int height)
    {
        var approval = await AskAsync();
        await using var context = await program.OpenAsStrangerAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.GetByLabel("Name").FillAsync(person);
        await page.GetByLabel("Password").FillAsync(People.Password);
        var since = Stopwatch.StartNew();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        var ways = await DecideAsync(page, 0);
        output.WriteLine($"{width} px: decided after {since.Elapsed.TotalSeconds:0.0} s, {ways} ways to begin");
        Assert.True(since.Elapsed < _promised, $"It took {since.Elapsed}.");
        await IsDecidedAsync(approval);

        // Whatever else is violet leads there as fast.
        for (var way = 1; way < ways; way++)
        {
            approval = await AskAsync();
            await page.GotoAsync("/");
            await DecideAsync(page, way);
            await IsDecidedAsync(approval);
        }
    }

    /// <summary>How many violet things there were to begin with.</summary>
    private static async Task<int> DecideAsync(IPage page, int way)
    {
        await page.InteractiveAsync();
        await page.WaitForFunctionAsync(
            $"() => document.querySelector('[data-testid=needs-you]') && ({MarkViolet})() > {way}"
        );
        var ways = await page.EvaluateAsync<int>(MarkViolet);
        var clicks = 0;
        async Task PressAsync(ILocator what)
        {
            await Assertions.Expect(what).ToBeInViewportAsync(new() { Ratio = 0.95f });
            // A press that something covers fails; nothing is scrolled for it.
            var box = (await what.BoundingBoxAsync())!;
            await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2));
            clicks++;
        }

        await PressAsync(page.Locator($"[data-violet='{way}']"));
        await PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Approve…", Exact = true }));
        await PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }));
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Approved");
        Assert.InRange(clicks, 1, MostClicks);
        return ways;
    }

    private async Task<string> AskAsync() =>
        (await program.SubmitAsync(CheckedProgram.Gate("The only one", workspace: Workspace))).Approval;

    private async Task IsDecidedAsync(string approval) =>
        Assert.Equal(
            "approved",
            (await program.GetAsync($"/api/v1/approvals/{approval}")).GetProperty("state").GetString()
        );
}
