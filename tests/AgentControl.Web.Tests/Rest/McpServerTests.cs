using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Simulation.Mcp;
using AgentControl.TestKit;
using AgentControl.Web.Shared;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Rest;

/// <summary>The whole program with one MCP server that answers and one that is down.</summary>
public sealed class McpFixture(PostgresFixture postgres) : ProgramFixture(postgres)
{
    public McpSimulator Simulator { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Simulator = await McpSimulator.StartAsync();
        // Any test may be the first to list the servers, which pins their tools.
        Simulator.Script.Tools = [new("echo", "Says it.", """{"type":"object"}""", true)];
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["AgentControl:McpServers:down:Command"] = "no-such-program",
                ["AgentControl:McpServers:broken:Command"] = "sh",
                ["AgentControl:McpServers:broken:Arguments:0"] = "-c",
                ["AgentControl:McpServers:broken:Arguments:1"] = "echo TOKEN is not set >&2; exit 1",
                ["AgentControl:McpServers:tickets:Url"] = Simulator.Endpoint.AbsoluteUri,
                ["AgentControl:McpServers:tickets:Headers:Authorization"] = "Bearer of-the-house",
            }
        );
}

public sealed class McpServerTests(McpFixture program) : IClassFixture<McpFixture>
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_changed_is_accepted_by_an_admin_as_it_was_seen_and_not_otherwise()
    {
        using var viewer = program.ClientOf(await program.KeyAsync(Role.Viewer));
        var first = await FindAsync(viewer, "tickets");
        Assert.Equal(("ok", "http"), (first.Text("state"), first.Text("transport")));
        Assert.Equal("system", first.GetProperty("pinned").Text("by"));
        Assert.Equal("tickets__echo", first.GetProperty("tools")[0].Text("offeredAs"));

        program.Simulator.Script.Tools = [new("echo", "Says it <b>loudly</b>.", """{"type":"object"}""", true)];
        var changed = await FindAsync(viewer, "tickets");
        Assert.Equal("changed", changed.Text("state"));
        var change = changed.GetProperty("changes")[0];
        Assert.Equal(
            ("Says it.", "Says it <b>loudly</b>."),
            (change.GetProperty("before").Text("description"), change.GetProperty("now").Text("description"))
        );
        Assert.Empty(changed.GetProperty("tools").EnumerateArray());

        using var old = await AcceptAsync(program.Admin, "tickets", first.Text("sha256")!);
        var problem = await old.ProblemAsync(HttpStatusCode.Conflict, "mcpServer.changed");
        Assert.Equal(changed.Text("sha256"), problem.Text("sha256"));
        using var operators = program.ClientOf(await program.KeyAsync(Role.Approver));
        using var refused = await AcceptAsync(operators, "tickets", changed.Text("sha256")!);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("changed", (await FindAsync(viewer, "tickets")).Text("state"));

        var heard = new TaskCompletionSource();
        using var listening = program
            .Services.GetRequiredService<ILiveFeed>()
            .Subscribe(LiveTopic.McpServers, heard.SetResult);
        using var accepted = await AcceptAsync(program.Admin, "tickets", changed.Text("sha256")!);
        // The pages of other people look again.
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(20), Now);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        var after = await FindAsync(viewer, "tickets");
        Assert.Equal("ok", after.Text("state"));
        Assert.NotEqual("system", after.GetProperty("pinned").Text("by"));
        var audit = await program.Admin.GetStringAsync(new Uri("audit", UriKind.Relative), Now);
        Assert.Contains("mcpServer.accepted", audit, StringComparison.Ordinal);
        Assert.Contains(changed.Text("sha256")!, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_says_why_and_nothing_of_it_is_accepted()
    {
        var down = await FindAsync(program.Admin, "down");
        Assert.Equal("unreachable", down.Text("state"));
        Assert.Contains("'no-such-program' could not be started", down.Text("problem"), StringComparison.Ordinal);
        var broken = await FindAsync(program.Admin, "broken");
        Assert.EndsWith("It wrote: TOKEN is not set", broken.Text("problem"), StringComparison.Ordinal);
        using var answer = await AcceptAsync(program.Admin, "down", "00");
        await answer.ProblemAsync(HttpStatusCode.Conflict, "mcpServer.unreachable");
        using var unknown = await AcceptAsync(program.Admin, "nobody", "00");
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        using var empty = await program.Admin.PostAsJsonAsync("mcp-servers/down/accept", new { }, Now);
        await empty.ProblemAsync(HttpStatusCode.BadRequest, "invalid");
    }

    [Fact]
    public async Task What_lets_us_in_is_shown_to_nobody() =>
        Assert.DoesNotContain(
            "of-the-house",
            await program.Admin.GetStringAsync(new Uri("mcp-servers", UriKind.Relative), Now),
            StringComparison.Ordinal
        );

    private static Task<HttpResponseMessage> AcceptAsync(HttpClient client, string name, string sha256) =>
        client.PostAsJsonAsync($"mcp-servers/{name}/accept", new { sha256 }, Now);

    private static async Task<JsonElement> FindAsync(HttpClient client, string name) =>
        (await client.GetFromJsonAsync<JsonElement>("mcp-servers", Now))
            .GetProperty("items")
            .EnumerateArray()
            .Single(s => s.Text("name") == name);
}
