using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Mcp;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = AgentControl.Engine.Access.Role;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>Which role may call which tool, over every tool that the program serves. One that is not listed makes this fail.</summary>
public sealed class ToolMatrixTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private const string Elsewhere = "legal";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private McpServerTool[] Served =>
        [.. program.Services.GetRequiredService<IOptions<McpServerOptions>>().Value.ToolCollection!];

    [Fact]
    public void Every_tool_is_listed_with_its_least_role()
    {
        var served = Served.ToDictionary(t => t.ProtocolTool.Name, t => Assert.IsAssignableFrom<ServedTool>(t).Least);

        Assert.Equal(
            ToolTable.All.Select(t => $"{t.Value.Least} {t.Key}").Order(StringComparer.Ordinal),
            served.Select(t => $"{t.Value} {t.Key}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Every_tool_tells_what_it_takes_what_it_gives_and_what_it_does()
    {
        foreach (var tool in Served.Select(t => t.ProtocolTool))
        {
            Assert.False(string.IsNullOrWhiteSpace(tool.Title), tool.Name);
            Assert.False(string.IsNullOrWhiteSpace(tool.Description), tool.Name);
            Assert.Equal("object", tool.InputSchema.GetProperty("type").GetString());
            Assert.Equal("object", tool.OutputSchema!.Value.GetProperty("type").GetString());
            Assert.Equal(ToolTable.All[tool.Name].Least == Role.Viewer, tool.Annotations!.ReadOnlyHint);
            Assert.Equal(tool.Name is "cancel_job" or "decide_approval", tool.Annotations.DestructiveHint);
            Assert.False(tool.InputSchema.GetProperty("additionalProperties").GetBoolean(), tool.Name);
            foreach (var argument in tool.InputSchema.GetProperty("properties").EnumerateObject())
                Assert.True(argument.Value.TryGetProperty("description", out _), $"{tool.Name}: {argument.Name}");
            // Clients that turn schemas into those of other providers take one type at a place.
            Assert.DoesNotContain("\"type\":[", tool.InputSchema.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("\"type\":[", tool.OutputSchema.Value.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, Caller.Everywhere)]
    [InlineData(Role.Display, Caller.Everywhere)]
    public async Task Strangers_and_displays_do_not_get_in(Role? role, string workspace)
    {
        var key = role is { } known ? await program.KeyAsync(known, workspace) : null;

        await Assert.ThrowsAsync<HttpRequestException>(() => McpCaller.ConnectAsync(program, key));
    }

    [Theory]
    [InlineData(Role.Viewer, Caller.Everywhere)]
    [InlineData(Role.Operator, Caller.Everywhere)]
    [InlineData(Role.Approver, Caller.Everywhere)]
    [InlineData(Role.Admin, Caller.Everywhere)]
    [InlineData(Role.Viewer, Elsewhere)]
    [InlineData(Role.Admin, Elsewhere)]
    public async Task Every_tool_lets_in_exactly_who_is_listed(Role role, string workspace)
    {
        var things = await ThingsAsync();
        await using var caller = await McpCaller.ConnectAsync(program, await program.KeyAsync(role, workspace));
        var wrong = new List<string>();
        var offered = (await caller.Client.ListToolsAsync(cancellationToken: Stop)).Select(t => t.Name).ToHashSet();
        foreach (var tool in Served.Select(t => t.ProtocolTool))
        {
            var (least, there) = ToolTable.All[tool.Name];
            if (offered.Contains(tool.Name) != role >= least)
                wrong.Add($"{tool.Name} is {(role >= least ? "not " : "")}offered");
            // The short id and the id lead to the same answer: neither is a way round.
            foreach (var job in new[] { things["job"], things["shortId"] })
            {
                var result = await caller.CallAsync(tool.Name, Arguments(tool, things, job));
                var may = role >= least && (!there || workspace == Caller.Everywhere);
                var refused =
                    result.IsError is true
                    && McpCaller.Text(result).StartsWith("forbidden: ", StringComparison.Ordinal);
                if (may == refused)
                    wrong.Add($"{tool.Name} answered {McpCaller.Text(result)}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Arguments for whatever the tool takes, about things of the default workspace.</summary>
    private static Dictionary<string, object> Arguments(Tool tool, Dictionary<string, string> things, string job)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["job"] = job,
            ["approval"] = things["approval"],
            ["agent"] = "synthetic",
            ["input"] = new { steps = 0 },
            ["question"] = "Well?",
            ["body"] = "x",
            ["path"] = "matrix/x.txt",
            ["text"] = "x",
            ["name"] = "go",
            ["key"] = "k",
            ["decision"] = "reject",
            ["revision"] = 999,
            ["timeoutSeconds"] = 0,
        };
        if (tool.Name.StartsWith("list_", StringComparison.Ordinal))
            values = tool.Name is "list_files" or "list_jobs" or "list_agents" or "list_workspaces"
                ? []
                : new() { ["job"] = job };
        var takes = tool.InputSchema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        return values.Where(v => takes.Contains(v.Key)).ToDictionary();
    }

    private async Task<Dictionary<string, string>> ThingsAsync()
    {
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } });
        await program.WaitForAsync(job.Text("id")!, "waiting");
        var approvals = await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job.Text("id")}", Stop);
        using var file = await program.Admin.PutAsJsonAsync("workspaces/default/files/matrix/x.txt", "x", Stop);
        Assert.True(file.IsSuccessStatusCode);
        return new(StringComparer.Ordinal)
        {
            ["job"] = job.Text("id")!,
            ["shortId"] = job.Text("shortId")!,
            ["approval"] = approvals.Items().Single().Text("id")!,
        };
    }
}
