using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class NarrowTests(CheckedProgram program)
{
    // The page is the document and every box around its heading; what is cut off there is no better than what scrolls.
    private const string Sideways = """
        () => [...document.querySelectorAll("html, body, body *")]
          .filter((e) => e.contains(document.querySelector("main h1")) && e.scrollWidth > e.clientWidth + 1)
          .map((e) => `${e.tagName}.${e.className} is ${e.scrollWidth} of ${e.clientWidth}: ` + [...e.querySelectorAll("*")].filter((c) => c.checkVisibility() && c.getBoundingClientRect().right > innerWidth + 1 && !c.closest(".jobs-labels, [class*=filters]")).slice(0, 3).map((c) => c.outerHTML.slice(0, 120)).join(" | "))
        """;

    private static readonly string[] _pages =
    [
        "/",
        "/jobs",
        "/jobs/{job}/timeline",
        "/jobs/{job}/events",
        "/jobs/{job}/checkpoints",
        "/jobs/{job}/files",
        "/jobs/{job}/approvals",
        "/jobs/{job}/comments",
        "/jobs/{job}/io",
        "/approvals",
        "/approvals/{approval}",
        "/jobs/new",
    ];

    // Twice as large is half as wide: a window of 1280 pixels has room for 640.
    [Theory]
    [InlineData(320, 640, 1)]
    [InlineData(640, 450, 2)]
    public async Task A29_Nothing_scrolls_sideways_on_a_narrow_page_or_at_twice_the_size(
        int width,
        int height,
        float scale
    )
    {
        await using var context = await program.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                DeviceScaleFactor = scale,
            }
        );
        var page = await context.NewPageAsync();
        var wide = new List<string>();
        foreach (var path in _pages)
        {
            await page.OpenAsync(program.PathOf(path));
            wide.AddRange((await page.EvaluateAsync<string[]>(Sideways)).Select(w => $"{path}: {w}"));
        }

        Assert.True(wide.Count == 0, string.Join('\n', wide));
        await page.OpenAsync("/jobs");
        await page.Locator("main")
            .EvaluateAsync("e => e.insertAdjacentHTML('beforeend', '<div style=\"width:900px\">Wide</div>')");
        Assert.NotEmpty(await page.EvaluateAsync<string[]>(Sideways));
    }
}
