using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Those who asked for colours of their own, and those who go by keyboard.</summary>
[Collection(PagesCollection.Name)]
public sealed class FocusAndColourTests(CheckedProgram program)
{
    private const int ManyStops = 40;

    // What has the focus and no outline; a page may have fewer stops than are asked for.
    internal const string Unseen = """
        () => {
          const e = document.activeElement, style = getComputedStyle(e);
          return e === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ? "" : `${style.outline} ${e.outerHTML.slice(0, 200)}`;
        }
        """;

    internal const string Unbordered = """
        all => all.filter((e) => e.checkVisibility() && (getComputedStyle(e).borderTopStyle === "none" || parseFloat(getComputedStyle(e).borderTopWidth) < 1)).map((e) => e.outerHTML.slice(0, 200))
        """;

    [Fact]
    public async Task A24_Forced_colours_keep_the_borders_of_chips_and_bars()
    {
        await using var context = await program.OpenAsync(new() { ForcedColors = ForcedColors.Active });
        var page = await context.NewPageAsync();
        await Seeds.RunningAsync(program.Installation, "forced", 1);
        await page.OpenAsync("/jobs");
        foreach (var kind in new[] { "main [data-state]", "main [role=progressbar]" })
        {
            Assert.NotEqual(0, await page.Locator(kind).CountAsync());
            Assert.Empty(await page.Locator(kind).EvaluateAllAsync<string[]>(Unbordered));
        }
    }

    [Theory]
    [InlineData(ForcedColors.None)]
    [InlineData(ForcedColors.Active)]
    public async Task A24_The_focus_is_seen_at_every_stop(ForcedColors colours)
    {
        await using var context = await program.OpenAsync(new() { ForcedColors = colours });
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs");
        await page.EvaluateAsync("() => document.querySelector('.ac-brand').focus()");
        for (var stop = 0; stop < ManyStops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("", await page.EvaluateAsync<string>(Unseen));
        }
    }
}
