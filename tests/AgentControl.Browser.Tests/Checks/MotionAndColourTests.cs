using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Those who asked for less motion or for colours of their own.</summary>
[Collection(PagesCollection.Name)]
public sealed class MotionAndColourTests(CheckedProgram program)
{
    private const int ManyStops = 40;
    private const int FewStops = 12;

    // What has the focus and no outline; a page may have fewer stops than are asked for.
    private const string Unseen = """
        () => {
          const e = document.activeElement, style = getComputedStyle(e);
          return e === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ? "" : `${style.outline} ${e.outerHTML.slice(0, 200)}`;
        }
        """;

    private const string Unbordered = """
        all => all.filter((e) => e.checkVisibility() && (getComputedStyle(e).borderTopStyle === "none" || parseFloat(getComputedStyle(e).borderTopWidth) < 1)).map((e) => e.outerHTML.slice(0, 200))
        """;

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A24_Nothing_moves_for_those_who_asked_for_less_motion(string route)
    {
        var page = await program.NewPageAsync(route, new() { ReducedMotion = ReducedMotion.Reduce });
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.getAnimations().length"));
    }

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A24_Forced_colours_keep_borders_and_the_focus(string route)
    {
        var page = await program.NewPageAsync(route, new() { ForcedColors = ForcedColors.Active });
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        Assert.Empty(
            await page.Locator("[data-state].ac-chip, main [role=progressbar], main .ac-btn:not(.ac-btn--plain)")
                .EvaluateAllAsync<string[]>(Unbordered)
        );
        await FocusIsSeenAsync(page, FewStops);
    }

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
        await FocusIsSeenAsync(page, ManyStops);
    }

    private static async Task FocusIsSeenAsync(IPage page, int stops)
    {
        for (var stop = 0; stop < stops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("", await page.EvaluateAsync<string>(Unseen));
        }
    }
}
