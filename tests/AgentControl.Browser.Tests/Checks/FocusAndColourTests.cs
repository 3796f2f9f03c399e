using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Those who asked for colours of their own, and those who go by keyboard.</summary>
[Collection(PagesCollection.Name)]
public sealed class FocusAndColourTests(CheckedProgram program)
{
    private const int ManyStops = 40;
    private const int FewStops = 10;

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

    [Fact]
    public async Task A28_A_full_page_of_jobs_has_few_stops_and_arrows_lead_to_every_action()
    {
        await Seeds.RunningAsync(program.Installation, "stops", 60);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs?q=stops");
        await Assertions.Expect(page.GetByTestId("job-row")).ToHaveCountAsync(50);
        Assert.Empty(await KeyboardWalk.BrokenAsync(page));

        var row = page.GetByTestId("job-row").Nth(1);
        var parts = row.Locator("a, button, input").And(page.Locator(":visible"));
        var link = row.GetByRole(AriaRole.Link).First;
        await link.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(row.GetByRole(AriaRole.Checkbox)).ToBeFocusedAsync();
        for (var part = 1; part < await parts.CountAsync(); part++)
        {
            await page.Keyboard.PressAsync("ArrowRight");
            await Assertions.Expect(parts.Nth(part)).ToBeFocusedAsync();
        }

        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.GetByTestId("job-row").Nth(2).GetByRole(AriaRole.Button).Last).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A28_Dialogs_keep_the_focus_inside_and_give_it_back()
    {
        await Seeds.RunningAsync(program.Installation, "dialogs", 1);
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs?q=dialogs");
        await page.GetByRole(AriaRole.Link, new() { Name = "dialogs-1" }).ClickAsync();
        var cancel = page.Locator("[data-testid=job-actions] [data-action=cancel]");
        await cancel.FocusAsync();
        foreach (
            var (key, dialog) in new[] { ("Enter", ".mud-dialog"), ("?", "#ac-shortcuts"), ("Control+k", "#ac-goto") }
        )
        {
            await page.Keyboard.PressAsync(key);
            await Assertions.Expect(page.Locator(dialog)).ToBeVisibleAsync();
            for (var stop = 0; stop < FewStops; stop++)
            {
                await page.Keyboard.PressAsync(stop % 3 == 2 ? "Shift+Tab" : "Tab");
                // Of the browser's own dialogs the way leads over the browser's own buttons, where the page has no focus.
                Assert.True(
                    await page.EvaluateAsync<bool>(
                        "dialog => document.activeElement === document.body || document.activeElement.closest(dialog) !== null",
                        dialog
                    ),
                    dialog
                );
            }

            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.Locator(dialog)).ToBeHiddenAsync();
            await Assertions.Expect(cancel).ToBeFocusedAsync();
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
