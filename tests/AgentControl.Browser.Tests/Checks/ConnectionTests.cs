using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A connection that goes while a form is half filled in, with a program of its own to start again.</summary>
[Collection(ProgramsCollection.Name)]
public sealed class ConnectionTests : IAsyncLifetime
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private readonly Installation installation = Access.NewInstallation(Email, Password, "key-of-the-connection-01");
    private TestBrowser browser = null!;
    private string signedIn = "";

    public async ValueTask InitializeAsync()
    {
        await installation.StartAsync();
        browser = await TestBrowser.StartAsync();
        signedIn = await Access.SignInAsync(browser, installation.Url, Email, Password);
    }

    [Fact]
    public async Task A18_A_cut_socket_keeps_the_form_and_says_of_when_the_data_is()
    {
        using var line = new CuttableLine(installation.Url);
        await using var context = await browser.OpenAsync(new() { BaseURL = line.Url, StorageState = signedIn });
        var page = await context.NewPageAsync();
        await FillHalfAsync(page);

        line.Cut();
        var bar = page.Locator("#components-reconnect-modal");
        await Assertions
            .Expect(bar)
            .ToHaveTextAsync(
                new Regex(@"You see \d\d:\d\d:\d\d\. Reconnecting", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
        await Assertions.Expect(page.GetByTestId("start")).ToBeDisabledAsync();
        Assert.NotEqual(
            "none",
            await page.Locator("main").EvaluateAsync<string>("e => getComputedStyle(e).userSelect")
        );
        Assert.NotEqual(
            "",
            await page.EvaluateAsync<string>(
                "() => { getSelection().selectAllChildren(document.querySelector('main')); return getSelection().toString().trim(); }"
            )
        );

        line.Mend();
        await page.InteractiveAsync();
        await Assertions.Expect(bar).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByTestId("start")).ToBeEnabledAsync();
        await HoldsAsync(page);
    }

    [Fact]
    public async Task A18_A_restarted_program_reloads_the_page_with_what_was_typed()
    {
        await using var context = await browser.OpenAsync(
            new() { BaseURL = installation.Url, StorageState = signedIn }
        );
        var page = await context.NewPageAsync();
        await FillHalfAsync(page, "articles");
        await page.WaitForFunctionAsync("() => (sessionStorage.getItem('ac-drafts') ?? '').includes('Half a form')");
        await page.EvaluateAsync("() => { globalThis.acSamePage = true; }");
        await installation.Program.KillAsync();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToContainTextAsync("Connection lost.");
        await installation.StartAsync();
        await page.WaitForFunctionAsync(
            "() => !globalThis.acSamePage && document.documentElement.dataset.interactive === 'true'"
        );
        await HoldsAsync(page, "articles");
        Assert.EndsWith("/jobs/new", page.Url, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        await installation.DisposeAsync();
    }

    private static async Task FillHalfAsync(IPage page, string agent = "contracts")
    {
        await page.OpenAsync("/jobs/new");
        await page.GetByLabel("Agent", new() { Exact = true }).SelectOptionAsync(agent);
        if (agent == "articles")
            await page.Locator("#field-topics").GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await FieldOf(page, agent).FillAsync(Typed(agent));
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Half a form");
        await page.GetByLabel("Tags").FillAsync("urgent, q4");
    }

    private static async Task HoldsAsync(IPage page, string agent = "contracts")
    {
        await Assertions.Expect(page.GetByLabel("Agent", new() { Exact = true })).ToHaveValueAsync(agent);
        await Assertions.Expect(FieldOf(page, agent)).ToHaveValueAsync(Typed(agent));
        await Assertions.Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Half a form");
        await Assertions.Expect(page.GetByLabel("Tags")).ToHaveValueAsync("urgent, q4");
    }

    /// <summary>A field that only this agent has.</summary>
    private static ILocator FieldOf(IPage page, string agent) =>
        agent == "contracts" ? page.GetByLabel("Comment every") : page.Locator("#field-topics input").First;

    private static string Typed(string agent) => agent == "contracts" ? "7" : "Tides";
}
