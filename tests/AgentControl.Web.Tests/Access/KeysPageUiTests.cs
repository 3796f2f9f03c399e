using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using AgentControl.Web.Tests.Shared;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace AgentControl.Web.Tests.Access;

public sealed class KeysPageUiTests(PostgresFixture postgres) : UiContext
{
    [Fact]
    public async Task A_new_keys_secret_is_shown_until_the_person_has_copied_it()
    {
        await using var host = await StartAsync(postgres);
        var page = Render<KeysPage>();
        page.WaitForAssertion(() => Assert.Single(page.FindAll("tbody tr")));

        await FillAsync(page, "ci", Role.Approver);

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count));
        var secret = page.Find("[data-testid=secret]").TextContent;
        Assert.Equal(secret, page.Find("[data-copy]").GetAttribute("data-copy"));
        using var program = host.Program(secret);
        using var answer = await program.GetAsync("/api/v1/keys", Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        await page.Find("[data-testid=new-key] .ac-btn--plain").ClickAsync(new());
        Assert.DoesNotContain(secret, page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_display_key_comes_with_an_address_that_keeps_it_behind_the_hash()
    {
        await using var host = await StartAsync(postgres);
        var page = Render<KeysPage>();

        await FillAsync(page, "hall", Role.Display);

        var secret = page.WaitForElement("[data-testid=secret]").TextContent;
        var link = new Uri(page.Find("[data-testid=display-link]").TextContent);
        Assert.Equal(("/display", "#" + secret), (link.PathAndQuery, link.Fragment));
    }

    [Fact]
    public async Task A_key_without_a_name_is_not_made_and_the_field_says_so()
    {
        await using var host = await StartAsync(postgres);
        var page = Render<KeysPage>();

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() =>
            Assert.Contains("Give the key a name", page.Find("#key-errors").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal("true", page.Find("#key-name").GetAttribute("aria-invalid"));
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM api_keys"));
    }

    [Fact]
    public async Task Revoking_asks_and_the_safe_answer_keeps_the_key()
    {
        await using var host = await StartAsync(postgres);
        var dialogs = Render<MudDialogProvider>();
        var page = Render<KeysPage>();
        page.WaitForElement("tbody tr button").Click();
        dialogs.WaitForAssertion(() => Assert.Contains("Revoke bootstrap?", dialogs.Markup, StringComparison.Ordinal));

        dialogs.FindAll("button").Single(button => button.TextContent == "Keep key").Click();
        dialogs.WaitForAssertion(() =>
            Assert.DoesNotContain("Revoke bootstrap?", dialogs.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL"));

        page.Find("tbody tr button").Click();
        dialogs.WaitForElement(".ac-btn--danger-main").Click();

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("tbody tr button")));
        Assert.Equal(1L, await host.AskAsync<long>("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL"));
    }

    /// <summary>Each field is found where nothing can draw the page anew before it is changed.</summary>
    private static async Task FillAsync(IRenderedComponent<KeysPage> page, string name, Role role)
    {
        await page.InvokeAsync(() => page.Find("#key-name").Change(name));
        await page.InvokeAsync(() => page.Find("#key-role").Change(role.ToString()));
        await page.InvokeAsync(() => page.Find("form").Submit());
    }

    private async Task<AccessHost> StartAsync(PostgresFixture fixture)
    {
        var host = await AccessHost.StartWithAdminKeyAsync(fixture);
        Services.AddSingleton(host.Services.GetRequiredService<ApiKeys>());
        Services.AddSingleton<ICallerAccessor>(new AdminAtTheScreen());
        Render<MudPopoverProvider>();
        return host;
    }

    private sealed class AdminAtTheScreen : ICallerAccessor
    {
        private readonly Caller _admin = new(CallerKind.Person, Guid.NewGuid(), "Maria")
        {
            Roles = Caller.Global(Role.Admin),
        };

        public ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<Caller?>(_admin);
    }
}
