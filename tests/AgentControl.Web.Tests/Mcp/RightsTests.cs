using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Mcp;

public sealed class RightsTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_viewers_key_submits_nothing_and_is_told_what_is_missing()
    {
        await using var caller = await McpCaller.ConnectAsync(program, await program.KeyAsync(Role.Viewer));

        Assert.Equal(
            "forbidden: Needs the Operator role. Ask an admin to grant it.",
            await caller.RefusalAsync("submit_job", new { agent = "synthetic" })
        );
    }

    [Fact]
    public async Task A_role_in_one_workspace_is_none_in_another()
    {
        using var made = await program.Admin.PutAsJsonAsync("workspaces/legal", new { }, Stop);
        Assert.True(made.IsSuccessStatusCode);
        await using var caller = await McpCaller.ConnectAsync(program, await program.KeyAsync(Role.Operator, "legal"));
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                runAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );

        var own = await caller.AskAsync(
            "submit_job",
            new
            {
                agent = "synthetic",
                input = new { steps = 0 },
                workspace = "legal",
            }
        );
        var listed = await caller.AskAsync("list_jobs", new { });

        Assert.Equal(
            "forbidden: Needs the Operator role in the workspace default. Ask an admin to grant it.",
            await caller.RefusalAsync("submit_job", new { agent = "synthetic" })
        );
        Assert.Equal(
            "forbidden: Needs the Viewer role in the workspace default. Ask an admin to grant it.",
            await caller.RefusalAsync("get_job", new { job = job.Text("id") })
        );
        Assert.Equal([own.GetProperty("job").Text("id")], listed.Items().Select(j => j.Text("id")));
        Assert.Equal(
            ["legal"],
            (await caller.AskAsync("list_workspaces", new { })).Items().Select(w => w.Text("name"))
        );
        Assert.StartsWith(
            "forbidden: ",
            await caller.RefusalAsync("write_file", new { path = "x.txt", text = "x" }),
            StringComparison.Ordinal
        );
        Assert.Equal(1, (
                await caller.AskAsync(
                    "write_file",
                    new
                    {
                        path = $"{Guid.NewGuid()}",
                        text = "x",
                        workspace = "legal",
                    }
                )
            ).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_the_next_call()
    {
        var keys = program.Services.GetRequiredService<ApiKeys>();
        var made = Assert.IsType<ApiKeyOutcome.Created>(
            await keys.CreateAsync(Caller.System, new NewApiKey("soon gone", Role.Operator), Stop)
        );
        await using var caller = await McpCaller.ConnectAsync(program, made.Secret);
        await caller.AskAsync("list_agents", new { });

        using var revoked = await program.Admin.DeleteAsync(new Uri($"keys/{made.Key.Id}", UriKind.Relative), Stop);
        Assert.True(revoked.IsSuccessStatusCode);

        await Assert.ThrowsAsync<HttpRequestException>(() => caller.CallAsync("list_agents", new { }));
    }

    [Fact]
    public async Task A_key_with_the_approver_role_decides_and_the_decision_names_it()
    {
        await using var caller = await McpCaller.ConnectAsync(program, await program.KeyAsync(Role.Approver));
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } });
        await program.WaitForAsync(job.Text("id")!, "waiting");
        var request = (await caller.AskAsync("list_approvals", new { job = job.Text("id") })).Items().Single();

        var decided = await caller.AskAsync(
            "decide_approval",
            new
            {
                approval = request.Text("id"),
                decision = "approve",
                revision = request.GetProperty("revision").GetInt32(),
            }
        );

        Assert.Equal("approved", decided.Text("state"));
        Assert.Equal("Approver", decided.Text("decidedBy"));
        var shown = await program.Admin.GetFromJsonAsync<JsonElement>($"approvals/{request.Text("id")}", Stop);
        Assert.StartsWith("MCP ", shown.Text("decidedFrom"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_started_the_job_decides_nothing_where_others_are_asked()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var submitted = await caller.AskAsync(
            "submit_job",
            new
            {
                agent = "synthetic",
                input = new { steps = 1, approvalAtStep = 1 },
                approvalPolicy = new { notStarter = true },
            }
        );
        var job = submitted.GetProperty("job").Text("id");
        await caller.AskAsync("wait_for_job", new { job });
        var request = (await caller.AskAsync("list_approvals", new { job })).Items().Single();

        Assert.StartsWith(
            "forbidden: You started this job.",
            await caller.RefusalAsync(
                "decide_approval",
                new
                {
                    approval = request.Text("id"),
                    decision = "approve",
                    revision = request.GetProperty("revision").GetInt32(),
                }
            ),
            StringComparison.Ordinal
        );
    }
}
