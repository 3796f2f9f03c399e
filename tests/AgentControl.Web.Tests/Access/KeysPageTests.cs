using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Access;

public sealed class KeysPageTests(PostgresFixture postgres)
{
    [Fact]
    public async Task An_admin_sees_the_keys_without_their_secrets()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        var (_, secret) = await host.KeyAsync(Role.Operator);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();

        var page = await browser.TextAsync("/settings/keys");

        Assert.Contains("<h1 tabindex=\"-1\">API keys</h1>", page, StringComparison.Ordinal);
        Assert.Contains("key of the Operator", page, StringComparison.Ordinal);
        Assert.Contains(secret[..10], page, StringComparison.Ordinal);
        Assert.DoesNotContain(secret[10..], page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_role_is_told_that_the_page_needs_more()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ada", Role.Admin);
        await host.PersonAsync("maria", Role.Approver);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();

        using var answer = await browser.GetAsync("/settings/keys");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var page = await browser.TextAsync(browser.LeadsTo(answer)!);
        Assert.Contains("You are signed in as maria.", page, StringComparison.Ordinal);
        Assert.Contains("needs another role", page, StringComparison.Ordinal);
    }
}
