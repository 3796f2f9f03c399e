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
}
