using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Tests.Access;

public sealed class SignInTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_stranger_is_sent_to_sign_in_and_back_to_where_they_wanted()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();

        using var sent = await browser.GetAsync("/settings/keys?x=1");
        var page = browser.LeadsTo(sent)!;
        Assert.Equal("/signin?returnUrl=%2Fsettings%2Fkeys%3Fx%3D1", page);
        Assert.Contains("Sign in to open /settings/keys.", await browser.TextAsync(page), StringComparison.Ordinal);

        using var signedIn = await browser.SignInAsync("maria", page: page);

        Assert.Equal("/settings/keys?x=1", browser.LeadsTo(signedIn));
    }

    [Theory]
    [InlineData("maria", "wrong password")]
    [InlineData("nobody", "wrong password")]
    [InlineData("", "")]
    public async Task A_wrong_name_or_password_says_only_that(string name, string password)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();

        using var answer = await browser.SignInAsync(name, password);

        var html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(">Name or password is wrong.</div>", html, StringComparison.Ordinal);
        using var closed = await browser.GetAsync("/api/v1/keys");
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Signing_in_leads_nowhere_but_into_the_program(string returnUrl)
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();

        using var answer = await browser.SignInAsync(
            "maria@example.com",
            page: $"/signin?returnUrl={Uri.EscapeDataString(returnUrl)}"
        );

        Assert.Equal("/", browser.LeadsTo(answer));
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_for_scripts_and_other_sites()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();

        using var answer = await browser.SignInAsync("maria");

        var cookie = answer
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("agentcontrol=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Signing_out_takes_a_form_and_opening_the_page_changes_nothing()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        (await browser.GetAsync("/signout")).Dispose();
        using var still = await browser.GetAsync("/api/v1/keys");

        (await browser.SubmitAsync("/signout")).Dispose();

        using var gone = await browser.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (still.StatusCode, gone.StatusCode));
    }

    [Fact]
    public async Task Signing_out_ends_that_sign_in_for_every_copy_of_its_cookie_and_no_other()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        using var copy = host.Browser();
        using var other = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        (await other.SignInAsync("maria")).Dispose();
        copy.Cookies.Add(browser.Cookies.GetAllCookies());
        using var before = await copy.GetAsync("/api/v1/keys");

        (await browser.SubmitAsync("/signout")).Dispose();

        using var after = await copy.GetAsync("/api/v1/keys");
        using var page = await copy.GetAsync("/settings/keys");
        using var kept = await other.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
        Assert.StartsWith("/signin", copy.LeadsTo(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
    }

    [Fact]
    public async Task A_renewed_cookie_still_belongs_to_its_sign_in()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        host.Services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value.ValidationInterval =
            TimeSpan.Zero;
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        using var copy = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        using var renewed = await browser.GetAsync("/api/v1/keys");
        Assert.Contains(
            renewed.Headers.GetValues("Set-Cookie"),
            c => c.StartsWith("agentcontrol=", StringComparison.Ordinal)
        );
        copy.Cookies.Add(browser.Cookies.GetAllCookies());
        using var before = await copy.GetAsync("/api/v1/keys");

        (await browser.SubmitAsync("/signout")).Dispose();

        using var after = await copy.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task An_open_page_may_do_nothing_from_the_moment_its_sign_in_is_ended_and_is_signed_out_in_seconds()
    {
        ClaimsPrincipal? seen = null;
        await using var host = await AccessHost.StartAsync(
            postgres,
            app =>
                app.MapGet(
                    "/api/v1/whoami",
                    (HttpContext http) =>
                    {
                        seen = http.User;
                    }
                )
        );
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        (await browser.GetAsync("/api/v1/whoami")).Dispose();
        await using var circuit = host.Services.CreateAsyncScope();
        var state = (ServerAuthenticationStateProvider)
            circuit.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        var signedOut = new TaskCompletionSource();
        state.SetAuthenticationState(Task.FromResult(new AuthenticationState(seen!)));
        state.AuthenticationStateChanged += _ => signedOut.TrySetResult();
        var callers = circuit.ServiceProvider.GetRequiredService<ICallerAccessor>();
        var stop = TestContext.Current.CancellationToken;
        Assert.NotNull(await callers.CurrentAsync(stop));

        (await browser.SubmitAsync("/signout")).Dispose();

        Assert.Null(await callers.CurrentAsync(stop));
        await signedOut.Task.WaitAsync(TimeSpan.FromSeconds(25), stop);
        Assert.NotEqual(true, (await state.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated);
    }

    [Fact]
    public async Task A_demoted_persons_next_click_is_refused()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ben", Role.Admin);
        var maria = await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        using var before = await browser.GetAsync("/api/v1/keys");

        await host.GrantAsync(maria, Role.Viewer);

        using var after = await browser.GetAsync("/api/v1/keys");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (before.StatusCode, after.StatusCode));
        var problem = await after.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("forbidden", problem.GetProperty("code").GetString());
        Assert.Contains("Admin", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_problem_details_and_no_page()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();

        using var answer = await browser.GetAsync("/api/v1/keys");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Before_the_first_admin_sign_in_leads_to_set_up()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        using var browser = host.Browser();

        using var answer = await browser.GetAsync("/signin");

        Assert.Equal("/setup", browser.LeadsTo(answer));
    }
}
