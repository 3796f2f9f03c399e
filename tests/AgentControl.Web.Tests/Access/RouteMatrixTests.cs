using System.Net;
using AgentControl.Engine.Access;
using AgentControl.TestKit;

namespace AgentControl.Web.Tests.Access;

/// <summary>Role by route, over every route that the program maps.</summary>
public sealed class RouteMatrixTests(PostgresFixture postgres)
{
    private static readonly Role?[] _callers =
    [
        null,
        Role.Display,
        Role.Viewer,
        Role.Operator,
        Role.Approver,
        Role.Admin,
    ];

    [Fact]
    public async Task Every_mapped_route_is_listed_with_its_least_role()
    {
        await using var host = await ProgramHost.StartAsync(postgres);

        var mapped = await MappedRoute.AllAsync(host.Services);

        var wrong = mapped.Where(route =>
            !RouteTable.All.TryGetValue(route.Name, out var least) || least != route.Declared
        );
        var gone = RouteTable.All.Keys.Except(mapped.Select(route => route.Name), StringComparer.Ordinal);
        Assert.True(
            !wrong.Any() && !gone.Any(),
            $"""
            List these routes in RouteTable with the least role that they should take, or give them that policy:
            {string.Join('\n', wrong.Select(route => route.Line).Order(StringComparer.Ordinal))}
            These are listed and no longer mapped:
            {string.Join('\n', gone)}
            """
        );
    }

    [Fact]
    public async Task Files_of_the_web_root_are_open()
    {
        await using var host = await ProgramHost.StartAsync(postgres);

        var files = await MappedRoute.FilesAsync(host.Services);

        Assert.NotEmpty(files);
        Assert.All(files, Assert.Null);
    }

    [Fact]
    public async Task Every_route_lets_in_exactly_the_roles_that_it_is_listed_with()
    {
        await using var host = await ProgramHost.StartAsync(postgres);
        // A call of Slack is known by its signature alone, whoever else makes it: SlackTests.
        var routes = (await MappedRoute.AllAsync(host.Services)).Where(r => r.Name != "POST /api/v1/slack/actions");
        var wrong = new List<string>();
        foreach (var role in _callers)
        {
            using var client = await host.ClientAsync(role);
            foreach (var route in routes)
            {
                using var request = route.Request();
                using var answer = await client.SendAsync(
                    request,
                    HttpCompletionOption.ResponseHeadersRead,
                    TestContext.Current.CancellationToken
                );
                var least = RouteTable.All.GetValueOrDefault(route.Name, Role.Admin);
                var should = least is null || role >= least;
                if (should == IsRefused(answer))
                    wrong.Add($"{route.Name}: {role?.ToString() ?? "a stranger"} got {(int)answer.StatusCode}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool IsRefused(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        || answer.Headers.Location?.ToString().Contains("/signin", StringComparison.Ordinal) == true;
}
