using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>What the token of a job may never do, over MCP and over REST alike.</summary>
public sealed class JobTokenTests(JobTokenFixture program) : IClassFixture<JobTokenFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_decides_no_approval_not_even_its_own()
    {
        var (job, approval, revision) = await AskingAsync();
        await using var agent = await AgentAsync(job);

        var said = await agent.RefusalAsync(
            "decide_approval",
            new
            {
                approval,
                decision = "approve",
                revision,
            }
        );

        Assert.StartsWith("forbidden: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "decide_approval",
            (await agent.Client.ListToolsAsync(cancellationToken: Stop)).Select(t => t.Name)
        );
        var shown = await agent.AskAsync("get_approval", new { approval });
        Assert.Equal("pending", shown.GetProperty("approval").Text("state"));
        Assert.Equal("The token of a job may not decide approvals. A person has to.", shown.Text("whyNot"));
        // Behind the door the decision itself refuses it too.
        var outcome = await program
            .Services.GetRequiredService<ApprovalCommands>()
            .DecideAsync(
                approval,
                AgentControl.Core.Approvals.ApprovalDecision.Approve,
                revision,
                null,
                null,
                Caller.ForJob(job, "a job", "default") with
                {
                    Roles = Caller.Global(Role.Admin),
                },
                Stop
            );
        Assert.IsType<DecideOutcome.Forbidden>(outcome);
    }

    [Theory]
    [InlineData("pause_job")]
    [InlineData("resume_job")]
    [InlineData("cancel_job")]
    [InlineData("retry_job")]
    [InlineData("comment_on_job")]
    [InlineData("send_signal")]
    public async Task It_touches_no_other_job_of_its_workspace(string tool)
    {
        var (own, _, _) = await AskingAsync();
        var (other, _, _) = await AskingAsync();
        await using var agent = await AgentAsync(own);
        object Arguments(Guid job) =>
            tool switch
            {
                "comment_on_job" => new { job, body = "x" },
                "send_signal" => new { job, name = "go" },
                _ => new { job },
            };

        var refused = await agent.RefusalAsync(tool, Arguments(other));
        var allowed = await agent.CallAsync(tool, Arguments(own));

        Assert.StartsWith("forbidden: The token of a job may change its own job", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("forbidden", McpCaller.Text(allowed), StringComparison.Ordinal);
        Assert.Equal(
            "waiting",
            (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{other}", Stop)).Text("state")
        );
    }

    [Fact]
    public async Task It_may_act_on_the_jobs_that_it_started()
    {
        var parent = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new
                {
                    steps = 1,
                    approvalAtStep = (int?)null,
                    children = 1,
                },
            }
        );
        await program.WaitForAsync(parent.Text("id")!, "succeeded");
        var children = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs?parentId={parent.Text("id")}", Stop);
        await using var agent = await AgentAsync(Guid.Parse(parent.Text("id")!));

        var said = await agent.AskAsync(
            "comment_on_job",
            new { job = children.Items().Single().Text("id"), body = "x" }
        );

        Assert.Equal("agent", said.GetProperty("by").Text("kind"));
    }

    [Fact]
    public async Task It_looks_into_its_own_workspace_alone()
    {
        var (job, _, _) = await AskingAsync();
        await using var agent = await McpCaller.ConnectAsync(program, JobTokenFixture.TokenOf(Guid.NewGuid(), "legal"));

        Assert.StartsWith("forbidden: ", await agent.RefusalAsync("get_job", new { job }), StringComparison.Ordinal);
        Assert.Empty((await agent.AskAsync("list_jobs", new { })).Items());
    }

    [Fact]
    public async Task REST_keeps_to_the_same_rule()
    {
        var (own, _, _) = await AskingAsync();
        var (other, _, _) = await AskingAsync();
        using var client = program.ClientOf(JobTokenFixture.TokenOf(own));

        using var refused = await client.PostAsJsonAsync($"jobs/{other}/cancel", new { }, Stop);
        using var allowed = await client.PostAsJsonAsync($"jobs/{own}/cancel", new { }, Stop);

        await refused.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal(HttpStatusCode.Accepted, allowed.StatusCode);
    }

    private Task<McpCaller> AgentAsync(Guid job) => McpCaller.ConnectAsync(program, JobTokenFixture.TokenOf(job));

    private async Task<(Guid Job, Guid Approval, int Revision)> AskingAsync()
    {
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } });
        await program.WaitForAsync(job.Text("id")!, "waiting");
        var approvals = await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job.Text("id")}", Stop);
        var approval = approvals.Items().Single();
        return (
            Guid.Parse(job.Text("id")!),
            Guid.Parse(approval.Text("id")!),
            approval.GetProperty("revision").GetInt32()
        );
    }
}
