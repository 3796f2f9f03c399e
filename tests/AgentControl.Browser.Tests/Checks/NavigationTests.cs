using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;
using Npgsql;

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
        foreach (var name in new[] { "Jobs", "Approvals", "Workspace", "Services", "Audit log", "Overview" })
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

    [Fact]
    public async Task Go_to_finds_jobs_as_one_types_and_opens_them_by_keyboard()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await Seeds.RunningAsync(program.Installation, "serviette", 2);
        await page.OpenAsync("/");
        await page.Keyboard.PressAsync("Control+k");
        var marked = page.Locator("#ac-goto-list [aria-selected=true]");

        await page.Keyboard.TypeAsync("servi");
        await Assertions.Expect(page.Locator("#ac-goto-list [role=option]")).ToHaveCountAsync(3);
        await Assertions.Expect(marked).ToContainTextAsync("Services");
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(marked).ToContainTextAsync("serviette");
        var job = (await marked.GetAttributeAsync("data-href"))!;
        // More letters: the first of what is found anew is marked.
        await page.Keyboard.TypeAsync("e");
        await Assertions.Expect(page.Locator("#ac-goto-list [role=option]")).ToHaveCountAsync(2);
        await Assertions.Expect(marked).ToHaveAttributeAsync("data-href", job);
        await Assertions
            .Expect(page.Locator("#ac-goto input"))
            .ToHaveAttributeAsync("aria-activedescendant", (await marked.GetAttributeAsync("id"))!);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**{job}*");

        // A pasted id and Enter at once.
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(marked).ToContainTextAsync("Overview");
        await page.Locator("#ac-goto input")
            .EvaluateAsync(
                "(input, id) => { input.value = id; input.dispatchEvent(new Event('input', { bubbles: true })); input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })); }",
                program.Job
            );
        await page.WaitForURLAsync($"**/jobs/{program.Job}*");
        await Assertions.Expect(page.Locator("#ac-goto")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A02_The_heading_has_the_focus_when_the_rights_to_the_page_take_their_time()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/");
        await using var database = await program.Installation.OpenDatabaseAsync();
        await using (var held = await database.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var hold = new NpgsqlCommand("LOCK TABLE grants IN ACCESS EXCLUSIVE MODE", database, held);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            // What was read of a person's rights before is kept for a second; from then on the page has to wait for them.
            await page.WaitForTimeoutAsync(1100);
            await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })
                .GetByRole(AriaRole.Link, new() { Name = "Jobs" })
                .Last.ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveCountAsync(0);
            // What stands below comes with the page, and does not jump.
            await Assertions.Expect(page.Locator(".ac-foot")).ToBeHiddenAsync();
        }

        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Jobs" }))
            .ToBeFocusedAsync(new() { Timeout = 10_000 });
    }
}
