using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class PageShapeTests(CheckedProgram program)
{
    private const string Looks = """
        () => {
          const wrong = [], name = (e) => `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className}`;
          const banned = ["rgb(89, 74, 226)", "rgb(119, 107, 231)"];
          for (const e of document.querySelectorAll("body, body *")) {
            const style = getComputedStyle(e);
            for (const part of ["color", "backgroundColor", "borderTopColor", "borderBottomColor", "outlineColor", "fill", "stroke"])
              if (banned.includes(style[part])) wrong.push(`${name(e)} has the library's ${part}`);
            if (e.matches("button, [role=tab], .ac-tab") && style.textTransform !== "none") wrong.push(`${name(e)} is ${style.textTransform}`);
            if (e.matches(".mud-appbar, main .mud-paper") && style.boxShadow !== "none") wrong.push(`${name(e)} casts a shadow`);
          }
          const font = getComputedStyle(document.body).fontFamily;
          if (!/^"?Atkinson/.test(font)) wrong.push(`the font is ${font}`);
          return wrong;
        }
        """;

    private const int Stops = 40;

    // What has the focus and no outline.
    private const string Unseen = """
        () => {
          const e = document.activeElement, style = getComputedStyle(e);
          return e !== document.body && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : `${style.outline} ${e.outerHTML.slice(0, 200)}`;
        }
        """;

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A02_A_page_has_its_title_one_main_and_one_heading(string route)
    {
        var page = await program.NewPageAsync(route);
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        await Assertions.Expect(page).ToHaveTitleAsync(Routes.TitleOf(route));
        await Assertions.Expect(page.Locator("main, [role=main]")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("h1")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A02_After_a_navigation_within_the_program_the_heading_has_the_focus()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/");
        foreach (var name in new[] { "Jobs", "Approvals", "Workspace", "API keys", "Overview" })
        {
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })
                .GetByRole(AriaRole.Link, new() { Name = name })
                .Last.ClickAsync();
            var heading = page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = name });
            await Assertions.Expect(heading).ToBeFocusedAsync();
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "New job" }).First.ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "New job" }))
            .ToBeFocusedAsync();
    }

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A04_Nothing_has_the_component_librarys_own_looks(string route)
    {
        var page = await program.NewPageAsync(route);
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        Assert.Empty(await page.EvaluateAsync<string[]>(Looks));
    }

    [Theory]
    [MemberData(nameof(Routes.EveryInteractive), MemberType = typeof(Routes))]
    public async Task A24_Nothing_moves_for_those_who_asked_for_less_motion(string route)
    {
        await using var context = await program.OpenAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        await program.VisitAsync(page, route);
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.getAnimations().length"));
    }

    [Fact]
    public async Task A24_Forced_colours_keep_the_borders_of_chips_and_bars()
    {
        await using var context = await program.OpenAsync(new() { ForcedColors = ForcedColors.Active });
        var page = await context.NewPageAsync();
        await Seeds.RunningAsync(program.Installation, "forced", 1);
        await page.OpenAsync("/jobs");
        const string borders =
            "all => all.filter(e => getComputedStyle(e).borderTopStyle === 'none' || parseFloat(getComputedStyle(e).borderTopWidth) < 1).length";
        Assert.NotEqual(0, await page.Locator("main [data-state]").CountAsync());
        Assert.NotEqual(0, await page.Locator("main [role=progressbar]").CountAsync());
        Assert.Equal(0, await page.Locator("main [data-state]").EvaluateAllAsync<int>(borders));
        Assert.Equal(0, await page.Locator("main [role=progressbar]").EvaluateAllAsync<int>(borders));
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
        for (var stop = 0; stop < Stops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("", await page.EvaluateAsync<string>(Unseen));
        }
    }
}
