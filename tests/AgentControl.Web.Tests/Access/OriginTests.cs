using System.Net;
using System.Net.WebSockets;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

public sealed class OriginTests(PostgresFixture postgres)
{
    private const string Foreign = "http://127.0.0.1:1";

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("own", null, HttpStatusCode.OK)]
    [InlineData(Foreign, null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    public async Task A_change_with_the_cookie_comes_from_the_programs_own_pages(
        string? origin,
        string? site,
        HttpStatusCode expected
    )
    {
        await using var host = await AccessHost.StartAsync(
            postgres,
            app => app.MapPost("/api/v1/change", () => "done")
        );
        await host.PersonAsync("maria", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/change");
        if (origin is not null)
            request.Headers.Add("Origin", origin == "own" ? host.Address.GetLeftPart(UriPartial.Authority) : origin);
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);

        using var answer = await browser.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData(Foreign, false)]
    [InlineData("own", true)]
    public async Task A_hubs_socket_with_the_cookie_opens_for_the_programs_own_pages_only(string origin, bool opens)
    {
        await using var host = await AccessHost.StartAsync(postgres, app => app.MapHub<AnyHub>("/hubs/any"));
        await host.PersonAsync("maria", Role.Viewer);
        await host.PersonAsync("ada", Role.Admin);
        using var browser = host.Browser();
        (await browser.SignInAsync("maria")).Dispose();
        using var socket = new ClientWebSocket();
        socket.Options.Cookies = browser.Cookies;
        socket.Options.SetRequestHeader(
            "Origin",
            origin == "own" ? host.Address.GetLeftPart(UriPartial.Authority) : origin
        );

        var failure = await Record.ExceptionAsync(() =>
            socket.ConnectAsync(Hub(host), TestContext.Current.CancellationToken)
        );

        Assert.Equal(opens, failure is null);
        Assert.Equal(opens, socket.State == WebSocketState.Open);
    }

    [Theory]
    [InlineData(AccessHost.AdminKey, true)]
    [InlineData("ac_wrong", false)]
    [InlineData("", false)]
    public async Task A_hub_takes_a_key_from_its_address(string key, bool opens)
    {
        await using var host = await AccessHost.StartWithAdminKeyAsync(
            postgres,
            app => app.MapHub<AnyHub>("/hubs/any")
        );
        using var socket = new ClientWebSocket();

        var failure = await Record.ExceptionAsync(() =>
            socket.ConnectAsync(new Uri(Hub(host), $"?access_token={key}"), TestContext.Current.CancellationToken)
        );

        Assert.Equal(opens, failure is null);
    }

    [Fact]
    public async Task Every_answer_bounds_what_a_page_may_load()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ada", Role.Admin);
        using var stranger = host.Browser();
        foreach (var path in new[] { "/signin", "/api/v1/keys", "/js/theme.js" })
        {
            using var answer = await stranger.GetAsync(path);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"), $"{path} answers {answer}");
            var policy = string.Join("; ", answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
        }
    }

    private static Uri Hub(AccessHost host) => new($"ws://{host.Address.Authority}/hubs/any");

    private sealed class AnyHub : Hub;
}
