using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Role = AgentControl.Engine.Access.Role;

namespace AgentControl.Web.Tests.Mcp;

public sealed class ResourceTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_its_log_its_progress_and_its_checkpoints_are_resources()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var id = (await ScheduledAsync()).Text("shortId");
        using var put = await program.Admin.PutAsJsonAsync(
            $"jobs/{id}/checkpoints/docs/cursor",
            new { page = 7 },
            Stop
        );
        Assert.True(put.IsSuccessStatusCode);

        Assert.Equal(id, JsonElement.Parse(await TextAsync(caller, $"agentcontrol://jobs/{id}")).Text("shortId"));
        Assert.Contains(
            "job.submitted",
            await TextAsync(caller, $"agentcontrol://jobs/{id}/log"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "scheduled",
            JsonElement.Parse(await TextAsync(caller, $"agentcontrol://jobs/{id}/progress")).Text("state")
        );
        Assert.Equal("""{"page":7}""", await TextAsync(caller, $"agentcontrol://jobs/{id}/checkpoints/docs/cursor"));
        var templates = await caller.Client.ListResourceTemplatesAsync(cancellationToken: Stop);
        Assert.Equal(
            ["job", "log", "progress", "checkpoints", "files"],
            templates.Select(t => t.ProtocolResourceTemplate.Name)
        );
    }

    [Fact]
    public async Task Files_are_resources_and_the_list_goes_through_every_workspace()
    {
        using var made = await program.Admin.PutAsJsonAsync("workspaces/zebra", new { }, Stop);
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await ScheduledAsync();
        for (var i = 0; i < 105; i++)
            await caller.AskAsync("write_file", new { path = $"many/{i:000}.txt", text = $"{i}" });
        await caller.AskAsync(
            "write_file",
            new
            {
                path = "ä b/c.bin",
                base64 = "AAEC",
                workspace = "zebra",
            }
        );

        var all = (await caller.Client.ListResourcesAsync(cancellationToken: Stop)).Select(r => r.Uri).ToList();

        Assert.Contains($"agentcontrol://jobs/{job.Text("shortId")}/log", all);
        Assert.Equal(105, all.Count(u => u.Contains("/files/many/", StringComparison.Ordinal)));
        Assert.Equal(all.Count, all.Distinct().Count());
        var binary = Assert.Single(all, u => u.EndsWith("c.bin", StringComparison.Ordinal));
        var read = await caller.Client.ReadResourceAsync(binary, cancellationToken: Stop);
        var blob = Assert.IsType<BlobResourceContents>(read.Contents.Single());
        Assert.Equal([0, 1, 2], blob.DecodedData.ToArray());
        Assert.Equal("7", await TextAsync(caller, "agentcontrol://workspaces/default/files/many/007.txt"));
    }

    [Theory]
    [InlineData("agentcontrol://jobs/j_none/log", "There is no job j_none.")]
    [InlineData("agentcontrol://jobs/j_none/secrets", "There is no resource")]
    [InlineData("file:///etc/passwd", "There is no resource")]
    [InlineData("agentcontrol://workspaces/default/files/../../etc/passwd", "leaves its folder")]
    [InlineData("agentcontrol://workspaces/default/files/%2e%2e/x", "leaves its folder")]
    [InlineData("agentcontrol://workspaces/default/files/none.txt", "There is no file none.txt")]
    [InlineData("agentcontrol://workspaces/nowhere/files/none.txt", "There is no file none.txt")]
    public async Task What_is_no_resource_is_refused(string uri, string says)
    {
        await using var caller = await McpCaller.AdminAsync(program);

        var problem = await Assert.ThrowsAsync<McpProtocolException>(() =>
            caller.Client.ReadResourceAsync(uri, cancellationToken: Stop).AsTask()
        );

        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_read_in_pieces_instead()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(new string('x', 1_048_577)));
        using var put = await program.Admin.PutAsync(
            new Uri("workspaces/default/files/large.txt", UriKind.Relative),
            content,
            Stop
        );
        Assert.True(put.IsSuccessStatusCode);

        var problem = await Assert.ThrowsAsync<McpProtocolException>(() =>
            caller
                .Client.ReadResourceAsync("agentcontrol://workspaces/default/files/large.txt", cancellationToken: Stop)
                .AsTask()
        );
        var last = await caller.AskAsync("read_file", new { path = "large.txt", offset = 1_048_576 });

        Assert.Contains("read_file", problem.Message, StringComparison.Ordinal);
        Assert.Equal("x", last.Text("text"));
        Assert.Equal(JsonValueKind.Null, last.GetProperty("nextOffset").ValueKind);
    }

    [Fact]
    public async Task Nothing_of_another_workspace_is_listed_or_read()
    {
        await using var admin = await McpCaller.AdminAsync(program);
        await admin.AskAsync("write_file", new { path = "mine.txt", text = "x" });
        var job = await ScheduledAsync();
        await using var caller = await McpCaller.ConnectAsync(program, await program.KeyAsync(Role.Admin, "legal"));

        Assert.Empty(await caller.Client.ListResourcesAsync(cancellationToken: Stop));
        foreach (
            var uri in new[]
            {
                "agentcontrol://workspaces/default/files/mine.txt",
                $"agentcontrol://jobs/{job.Text("id")}/log",
                $"agentcontrol://jobs/{job.Text("shortId")}",
            }
        )
        {
            var problem = await Assert.ThrowsAsync<McpProtocolException>(() =>
                caller.Client.ReadResourceAsync(uri, cancellationToken: Stop).AsTask()
            );
            Assert.Contains(
                "Needs the Viewer role in the workspace default",
                problem.Message,
                StringComparison.Ordinal
            );
        }
    }

    private static async Task<string> TextAsync(McpCaller caller, string uri)
    {
        var read = await caller.Client.ReadResourceAsync(uri, cancellationToken: Stop);
        return Assert.IsType<TextResourceContents>(read.Contents.Single()).Text;
    }

    private Task<JsonElement> ScheduledAsync() =>
        program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                runAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
}
