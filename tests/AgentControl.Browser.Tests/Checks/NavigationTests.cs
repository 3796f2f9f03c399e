using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

[Collection(PagesCollection.Name)]
public sealed class NavigationTests(CheckedProgram program)
{
    [Fact]
    public async Task A02_After_a_navigation_within_the_program_the_heading_has_the_focus()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/");
        foreach (var name in new[] { "Jobs", "Approvals", "Workspace", "Services", "API keys", "Overview" })
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
}
