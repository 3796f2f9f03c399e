using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

/// <summary>A screen signed in by a display key: it opens the wall and its circuit, and nothing else, and only while the key is good.</summary>
public sealed class DisplayTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_display_key_becomes_a_cookie_that_opens_the_wall_and_nothing_else()
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(postgres);
        var (_, secret) = await host.KeyAsync(Role.Display);
        using var screen = host.Browser();

        using var answer = await screen.SubmitAsync("/display", ("Form.Key", secret));

        Assert.Equal("/wall", screen.LeadsTo(answer));
        var cookie = Assert.Single(screen.Cookies.GetAllCookies(), c => c.Name == "agentcontrol-display");
        Assert.True(
            cookie is { HttpOnly: true, Expired: false }
                && cookie.Expires.ToUniversalTime() > DateTime.UtcNow.AddDays(300)
        );
        Assert.DoesNotContain(secret, cookie.Value, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"wall\"", await screen.TextAsync("/wall"), StringComparison.Ordinal);
        using var circuit = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        using var negotiated = await screen.SendAsync(circuit);
        Assert.Equal(HttpStatusCode.OK, negotiated.StatusCode);
        foreach (var closed in new[] { "/", "/jobs", "/approvals", "/services", "/settings/keys", "/workspace/x" })
        {
            using var refused = await screen.GetAsync(closed);
            Assert.StartsWith("/display?returnUrl=", screen.LeadsTo(refused), StringComparison.Ordinal);
        }

        using var api = await screen.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        Assert.Equal(
            "key of the Display",
            await host.AskAsync<string>("SELECT target_name FROM audit_log WHERE action = 'display.signedIn'")
        );
    }

    [Fact]
    public async Task A_revoked_key_ends_its_display()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var (id, secret) = await host.KeyAsync(Role.Display);
        using var screen = host.Browser();
        (await screen.SubmitAsync("/display", ("Form.Key", secret))).Dispose();
        using var open = await screen.GetAsync("/wall");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);

        await host
            .Services.GetRequiredService<ApiKeys>()
            .RevokeAsync(Caller.System, id, TestContext.Current.CancellationToken);

        using var closed = await screen.GetAsync("/wall");
        Assert.Equal("/display?returnUrl=%2Fwall", screen.LeadsTo(closed));
        using var circuit = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        using var negotiated = await screen.SendAsync(circuit);
        Assert.Equal(HttpStatusCode.Unauthorized, negotiated.StatusCode);
        using var again = await screen.SubmitAsync("/display", ("Form.Key", secret));
        Assert.Contains(
            "This is no display key, or it is revoked or expired.",
            await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_that_may_do_more_does_not_become_a_cookie()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var screen = host.Browser();
        foreach (var role in new[] { Role.Viewer, Role.Operator, Role.Admin })
        {
            var (_, secret) = await host.KeyAsync(role);
            using var answer = await screen.SubmitAsync("/display", ("Form.Key", secret));
            Assert.Null(screen.LeadsTo(answer));
        }

        Assert.DoesNotContain(screen.Cookies.GetAllCookies(), c => c.Name == "agentcontrol-display");
        using var closed = await screen.GetAsync("/wall");
        Assert.Equal("/signin?returnUrl=%2Fwall", screen.LeadsTo(closed));
    }

    [Fact]
    public async Task A_display_key_in_a_header_opens_no_api()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var (_, secret) = await host.KeyAsync(Role.Display);
        using var program = host.Program(secret);

        using var keys = await program.GetAsync("/api/v1/keys", TestContext.Current.CancellationToken);
        using var wall = await program.GetAsync("/wall", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, keys.StatusCode);
        Assert.Equal(HttpStatusCode.OK, wall.StatusCode);
    }

    [Fact]
    public async Task A_person_who_becomes_a_display_is_a_person_no_more()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        var (_, secret) = await host.KeyAsync(Role.Display);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();

        (await browser.SubmitAsync("/display", ("Form.Key", secret))).Dispose();

        using var keys = await browser.GetAsync("/settings/keys");
        Assert.StartsWith("/display?returnUrl=", browser.LeadsTo(keys), StringComparison.Ordinal);
        Assert.Contains("This browser is a display", await browser.TextAsync("/display"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_the_wall_and_a_stranger_is_sent_to_sign_in()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ada", Role.Admin);
        await host.PersonAsync("vera", Role.Viewer);
        using var stranger = host.Browser();
        using var sent = await stranger.GetAsync("/wall");
        var page = stranger.LeadsTo(sent)!;
        Assert.Contains("href=\"/display\"", await stranger.TextAsync(page), StringComparison.Ordinal);
        (await stranger.SignInAsync("vera")).Dispose();

        using var wall = await stranger.GetAsync("/wall");

        Assert.Equal(HttpStatusCode.OK, wall.StatusCode);
    }
}
