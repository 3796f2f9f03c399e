using System.Net;
using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Checks;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>The first hour of an installation on an empty database.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class FirstRunTests
{
    private const int MostStops = 60;

    [Fact]
    public async Task A31_The_printed_link_leads_by_keyboard_through_four_steps_to_a_running_sample_job()
    {
        await using var installation = new Installation(new Dictionary<string, string>());
        await installation.StartAsync();
        await using var browser = await TestBrowser.StartAsync();
        await using var context = await browser.OpenAsync(new() { BaseURL = installation.Url });
        var page = await context.NewPageAsync();
        var link = await installation.Program.SetupLinkAsync();
        Assert.Contains("/setup?token=", link, StringComparison.Ordinal);

        await page.GotoAsync(link);
        await page.Locator("input[name='Form.Token']").EvaluateAsync("e => { e.value = ''; }");
        var refused = await page.RunAndWaitForResponseAsync(
            () => FillAsync(page),
            answer => answer.Request.Method == "POST"
        );
        Assert.Equal((int)HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal(0, await installation.ReadAsync<long>("SELECT count(*) FROM grants WHERE role = 'admin'"));

        await page.GotoAsync(link);
        await FillAsync(page);
        await page.InteractiveAsync();
        await Assertions.Expect(page.GetByTestId("checks").Locator("li")).ToHaveCountAsync(4);
        await Assertions.Expect(page.GetByTestId("checks").Locator("[data-good=false]")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("[data-check=workers]")).ToContainTextAsync("1 worker connected");
        await NextAsync(page, "continue", "Notify");
        await NextAsync(page, "continue", "Sample job");
        await TabToAsync(page, "run-sample");
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForURLAsync("**/jobs/j_*");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("sample-contracts");
        await Assertions
            .Expect(page.Locator("main .ac-head [data-state]"))
            .ToHaveAttributeAsync(
                "data-state",
                new Regex("^(?:queued|running|waiting|needs_approval)$", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
        foreach (var gone in new[] { link, "/setup" })
            Assert.Equal((int)HttpStatusCode.NotFound, (await page.APIRequest.GetAsync(gone)).Status);
    }

    private static async Task FillAsync(IPage page)
    {
        await Assertions.Expect(page.GetByLabel("Name")).ToBeFocusedAsync();
        foreach (var text in new[] { "Maria", "maria@example.com", "correct horse battery" })
        {
            await page.Keyboard.TypeAsync(text);
            await page.Keyboard.PressAsync("Tab");
        }

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Make admin" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task NextAsync(IPage page, string button, string step)
    {
        await TabToAsync(page, button);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = step })).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("[aria-current=step]")).ToHaveTextAsync(step);
    }

    private static async Task TabToAsync(IPage page, string testId)
    {
        await Assertions.Expect(page.GetByTestId(testId)).ToBeVisibleAsync();
        for (var stop = 0; stop < MostStops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string?>("() => document.activeElement.dataset.testid ?? null") == testId)
                return;
        }

        Assert.Fail($"No {testId} within {MostStops} stops.");
    }
}
