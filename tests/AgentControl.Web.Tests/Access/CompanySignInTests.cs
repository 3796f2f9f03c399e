using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

/// <summary>Signing in by the company's provider, against a real one.</summary>
public sealed class CompanySignInTests(PostgresFixture postgres)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_account_becomes_a_person_with_the_role_and_groups_of_its_claims()
    {
        await using var provider = await CompanyProvider.StartAsync();
        await using var host = await StartAsync(
            provider,
            ("AutoProvision", "true"),
            ("GroupsClaim", "groups"),
            ("Roles:leads", "approver"),
            ("Roles:staff", "operator")
        );
        await host.AskAsync<object>("INSERT INTO groups (name, description, created_at) VALUES ('finance', '', now())");
        provider.Account =
            Maria() | ("roles", new[] { "staff", "leads", "other" }) | ("groups", new[] { "finance", "unknown" });
        using var browser = host.Browser();
        Assert.Contains(
            ">Sign in with ACME</a>",
            await browser.TextAsync("/signin?returnUrl=/jobs"),
            StringComparison.Ordinal
        );

        Assert.Equal("/jobs", await SignInAsync(browser, "/jobs"));

        var maria = (await PeopleAsync(host)).Single(p => p.Name == "Maria");
        Assert.Equal(("maria@example.com", Role.Approver), (maria.Email, maria.Role));
        Assert.Equal(["finance"], maria.Groups);
        Assert.Equal("company", await host.AskAsync<string>("SELECT way FROM sign_ins"));
        Assert.Equal(1, provider.Exchanges);

        provider.Account =
            Maria("new-name@example.com") | ("roles", new[] { "staff" }) | ("groups", Array.Empty<string>());
        Assert.Equal("/", await SignInAsync(browser, "https://evil.example"));
        maria = (await PeopleAsync(host)).Single(p => p.Name == "Maria");
        Assert.Equal(("maria@example.com", Role.Operator), (maria.Email, maria.Role));
        Assert.Empty(maria.Groups);
    }

    [Fact]
    public async Task A_person_who_is_here_is_known_by_a_verified_address_once_and_by_the_subject_from_then_on()
    {
        await using var provider = await CompanyProvider.StartAsync();
        await using var host = await StartAsync(provider);
        var maria = await host.PersonAsync("maria", Role.Viewer);
        using var browser = host.Browser();

        provider.Account = Maria() | ("email_verified", false);
        Assert.Equal("/signin?company=Unknown", await SignInAsync(browser));
        provider.Account = Maria();
        Assert.Equal("/", await SignInAsync(browser));
        provider.Account = Maria("other@example.com") | ("email_verified", false);
        Assert.Equal("/", await SignInAsync(browser));

        Assert.Equal([maria], (await PeopleAsync(host)).Where(p => p.Name == "maria").Select(p => p.Id));
        Assert.Equal(2L, await host.AskAsync<long>($"SELECT count(*) FROM sign_ins WHERE person_id = '{maria}'"));
    }

    [Theory]
    [InlineData(false, true, "Unknown")]
    [InlineData(true, false, "Unverified")]
    public async Task Who_is_nobody_here_is_told_so_and_nobody_is_made(bool provision, bool verified, string word)
    {
        await using var provider = await CompanyProvider.StartAsync();
        await using var host = await StartAsync(provider, ("AutoProvision", provision.ToString()));
        provider.Account = Maria() | ("email_verified", verified);
        using var browser = host.Browser();

        Assert.Equal($"/signin?company={word}", await SignInAsync(browser));

        Assert.Contains("signin-error", await browser.TextAsync($"/signin?company={word}"), StringComparison.Ordinal);
        Assert.Single(await PeopleAsync(host));
        using var closed = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Fact]
    public async Task A_disabled_person_a_forged_token_and_an_answer_that_nobody_asked_for_let_nobody_in()
    {
        await using var provider = await CompanyProvider.StartAsync();
        await using var host = await StartAsync(provider);
        var maria = await host.PersonAsync("maria", Role.Viewer);
        provider.Account = Maria();
        using var browser = host.Browser();

        provider.Forges = true;
        Assert.Equal("/signin?company=failed", await SignInAsync(browser));
        provider.Forges = false;
        using (var stray = await browser.GetAsync("/signin/company/callback?code=x&state=y"))
            Assert.Equal("/signin?company=failed", browser.LeadsTo(stray));
        using (var bare = await browser.GetAsync("/signin/company/done?returnUrl=/jobs"))
            Assert.Equal("/signin?company=failed", browser.LeadsTo(bare));
        await host.AskAsync<object>($"UPDATE users SET disabled_at = now() WHERE id = '{maria}'");
        Assert.Equal("/signin?company=Disabled", await SignInAsync(browser));

        Assert.Equal(0L, await host.AskAsync<long>("SELECT count(*) FROM sign_ins"));
        Assert.DoesNotContain(
            "<script>",
            await browser.TextAsync("/signin?company=<script>"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Claims_never_demote_the_last_admin()
    {
        await using var provider = await CompanyProvider.StartAsync();
        await using var host = await StartAsync(provider, ("Roles:staff", "viewer"));
        provider.Account = Maria("ana@example.com") | ("roles", new[] { "staff" });
        using var browser = host.Browser();

        Assert.Equal("/", await SignInAsync(browser));

        Assert.Equal(Role.Admin, (await PeopleAsync(host)).Single().Role);
    }

    [Fact]
    public async Task Without_configuration_there_is_neither_button_nor_route()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ana", Role.Admin);
        using var browser = host.Browser();

        Assert.DoesNotContain("data-testid=\"company\"", await browser.TextAsync("/signin"), StringComparison.Ordinal);
        using var none = await browser.GetAsync("/signin/company");
        Assert.StartsWith("/signin?returnUrl=", browser.LeadsTo(none), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", "http://login.example.com", "Authority")]
    [InlineData("ClientId", "", "ClientId")]
    [InlineData("DefaultRole", "king", "DefaultRole")]
    [InlineData("Roles:staff", "display", "Roles:staff")]
    public async Task A_setting_that_cannot_be_used_stops_the_start_and_names_its_key(
        string key,
        string value,
        string named
    )
    {
        await using var provider = await CompanyProvider.StartAsync();

        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(provider, (key, value)));

        Assert.Contains($"{CompanyOptions.Section}:{named}", stopped.Message, StringComparison.Ordinal);
    }

    private async Task<AccessHost> StartAsync(CompanyProvider provider, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["Authority"] = provider.Address,
            ["ClientId"] = CompanyProvider.ClientId,
            ["ClientSecret"] = CompanyProvider.ClientSecret,
            ["Name"] = "Sign in with ACME",
        };
        foreach (var (key, value) in more)
            settings[key] = value;
        var host = await AccessHost.StartAsync(
            postgres,
            null,
            [.. settings.Select(s => ($"{CompanyOptions.Section}:{s.Key}", s.Value))]
        );
        await host.PersonAsync("ana", Role.Admin);
        return host;
    }

    /// <summary>Follows the redirects of a sign-in; where it ends.</summary>
    private static async Task<string?> SignInAsync(Browser browser, string returnUrl = "/")
    {
        using var begun = await browser.GetAsync($"/signin/company?returnUrl={Uri.EscapeDataString(returnUrl)}");
        Assert.Equal(HttpStatusCode.Found, begun.StatusCode);
        using var elsewhere = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var agreed = await elsewhere.GetAsync(begun.Headers.Location, Now);
        using var back = await browser.GetAsync(agreed.Headers.Location!.PathAndQuery);
        if (browser.LeadsTo(back) is not { } next || !next.StartsWith("/signin/company/", StringComparison.Ordinal))
            return browser.LeadsTo(back);
        using var done = await browser.GetAsync(next);
        return browser.LeadsTo(done);
    }

    private static Task<IReadOnlyList<PersonInfo>> PeopleAsync(AccessHost host) =>
        host.Services.GetRequiredService<PeopleQueries>().ListAsync(Now);

    private static Claimed Maria(string email = "maria@example.com") =>
        new Claimed() | ("sub", "42") | ("name", "Maria") | ("email", email) | ("email_verified", true);

    /// <summary>Claims, added by <c>|</c>.</summary>
    private sealed class Claimed : Dictionary<string, object>
    {
        public static Claimed operator |(Claimed claims, (string Name, object Value) more)
        {
            claims[more.Name] = more.Value;
            return claims;
        }
    }
}
