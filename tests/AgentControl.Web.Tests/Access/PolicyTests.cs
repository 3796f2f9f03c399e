using System.Net;
using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.TestKit;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Access;

public sealed class PolicyTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Approver)]
    [InlineData(Role.Admin)]
    public async Task Each_role_opens_its_doors_and_those_below(Role role)
    {
        await using var host = await AccessHost.StartAsync(postgres, Doors);
        var (_, secret) = await host.KeyAsync(role);
        using var program = host.Program(secret);

        foreach (var door in Enum.GetValues<Role>())
        {
            using var answer = await program.GetAsync($"/api/v1/{door}", TestContext.Current.CancellationToken);
            Assert.Equal(door <= role ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_route_that_names_no_policy_is_closed_to_strangers_and_to_people_without_a_role()
    {
        await using var host = await AccessHost.StartAsync(postgres, app => app.MapGet("/api/v1/forgotten", () => "x"));
        await host.PersonAsync("maria", Role.Viewer);
        await host.PersonAsync("ben", role: null);
        await host.PersonAsync("ada", Role.Admin);
        using var stranger = host.Browser();
        using var maria = host.Browser();
        using var ben = host.Browser();
        (await maria.SignInAsync("maria")).Dispose();
        (await ben.SignInAsync("ben")).Dispose();

        var answers = new List<HttpStatusCode>();
        foreach (var browser in new[] { stranger, ben, maria })
        {
            using var answer = await browser.GetAsync("/api/v1/forgotten");
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK], answers);
    }

    [Fact]
    public async Task A_grant_in_one_workspace_opens_that_one_only()
    {
        await using var host = await AccessHost.StartAsync(postgres, Doors);
        var (_, secret) = await host.KeyAsync(Role.Admin, workspace: "acme");
        using var program = host.Program(secret);

        using var own = await program.GetAsync("/api/v1/workspaces/acme/x", TestContext.Current.CancellationToken);
        using var other = await program.GetAsync("/api/v1/workspaces/default/x", TestContext.Current.CancellationToken);
        using var all = await program.GetAsync("/api/v1/Admin", TestContext.Current.CancellationToken);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (own.StatusCode, other.StatusCode, all.StatusCode)
        );
    }

    [Fact]
    public async Task A_commands_refusal_is_403_with_its_message()
    {
        await using var host = await AccessHost.StartAsync(postgres, Doors);
        var (_, secret) = await host.KeyAsync(Role.Viewer, workspace: "acme");
        using var program = host.Program(secret);

        using var answer = await program.GetAsync("/api/v1/inside", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Needs the Operator role in the workspace acme.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jobs_token_opens_no_door_of_approvers()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        var job = Caller.ForJob(Guid.CreateVersion7(), "job", "default") with { Roles = Caller.Global(Role.Admin) };
        var principal = new ClaimsPrincipal().With(job);
        await using var scope = host.Services.CreateAsyncScope();
        var decisions = scope.ServiceProvider.GetRequiredService<IAuthorizationService>();

        var results = new List<bool>();
        foreach (var policy in new[] { Policies.Operator, Policies.Approver, Policies.Admin })
            results.Add((await decisions.AuthorizeAsync(principal, "default", policy)).Succeeded);

        Assert.Equal([true, false, false], results);
    }

    [Fact]
    public async Task Static_files_and_nothing_else_are_open()
    {
        await using var host = await AccessHost.StartAsync(postgres);
        await host.PersonAsync("ada", Role.Admin);
        using var stranger = host.Browser();

        using var asset = await stranger.GetAsync("/js/theme.js");
        using var page = await stranger.GetAsync("/");
        using var nowhere = await stranger.GetAsync("/no/such/page");
        using var circuit = await stranger.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate"));

        Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
        Assert.Equal("/signin?returnUrl=%2F", stranger.LeadsTo(page));
        Assert.StartsWith("/signin", stranger.LeadsTo(nowhere), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, circuit.StatusCode);
    }

    private static void Doors(WebApplication app)
    {
        foreach (var door in Enum.GetValues<Role>())
            app.MapGet($"/api/v1/{door}", () => "open").RequireAuthorization(door.ToString());
        app.MapGet("/api/v1/workspaces/{ws}/x", () => "open").RequireAuthorization(Policies.Operator);
        app.MapGet(
            "/api/v1/inside",
            (HttpContext context) => context.User.RequireCaller().Require(Role.Operator, "acme")
        );
    }
}
