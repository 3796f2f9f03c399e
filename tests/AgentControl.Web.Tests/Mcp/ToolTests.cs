using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Mcp;

/// <summary>Each tool, by the official client over HTTP.</summary>
public sealed class ToolTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    [InlineData("2025-06-18")]
    [InlineData("2025-03-26")]
    public async Task Clients_of_every_version_submit_wait_and_read(string? version)
    {
        await using var caller = await McpCaller.ConnectAsync(program, ProgramFixture.AdminKey, version);
        Assert.Equal("agentcontrol", caller.Client.ServerInfo?.Name);

        var submitted = await caller.AskAsync(
            "submit_job",
            new
            {
                agent = "synthetic",
                input = new { steps = 3, payloadBytes = 40 },
                name = "by tool",
                tags = new[] { "mcp" },
            }
        );
        var id = submitted.GetProperty("job").Text("shortId")!;
        var waited = await caller.AskAsync("wait_for_job", new { job = id, until = "ended" });
        var result = await caller.AskAsync("get_result", new { job = id });

        Assert.Equal("ended", waited.Text("reason"));
        Assert.Equal("succeeded", waited.GetProperty("job").Text("state"));
        Assert.Equal(3, result.GetProperty("value").GetProperty("steps").GetInt32());
        Assert.True(result.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task A_submission_with_a_key_is_done_once_and_refused_with_other_arguments()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var key = Guid.NewGuid().ToString();
        object Arguments(int steps) =>
            new
            {
                agent = "synthetic",
                input = new { steps },
                idempotencyKey = key,
            };

        var first = await caller.AskAsync("submit_job", Arguments(1));
        var again = await caller.AskAsync("submit_job", Arguments(1));
        var other = await caller.RefusalAsync("submit_job", Arguments(2));

        Assert.False(first.GetProperty("replayed").GetBoolean());
        Assert.True(again.GetProperty("replayed").GetBoolean());
        Assert.Equal(first.GetProperty("job").Text("id"), again.GetProperty("job").Text("id"));
        Assert.StartsWith("idempotency.reused: This idempotencyKey came before", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_is_told_by_field_with_a_remedy_in_words_of_tools()
    {
        await using var caller = await McpCaller.AdminAsync(program);

        Assert.Equal(
            "invalid: agent: No agent is called 'nobody'. See list_agents.",
            await caller.RefusalAsync("submit_job", new { agent = "nobody" })
        );
        Assert.Equal(
            "invalid: workspace: There is no workspace nowhere. list_workspaces lists them.",
            await caller.RefusalAsync("submit_job", new { agent = "synthetic", workspace = "nowhere" })
        );
        Assert.Contains(
            "input.steps",
            await caller.RefusalAsync("submit_job", new { agent = "synthetic", input = new { steps = "many" } }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Jobs_are_listed_in_pages_and_looked_at()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var tag = Guid.NewGuid().ToString("N");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add((await ScheduledAsync(new { tags = new[] { tag } })).Text("id")!);
        ids.Reverse();

        var one = await caller.AskAsync(
            "list_jobs",
            new
            {
                tags = new[] { tag },
                state = new[] { "scheduled" },
                limit = 2,
            }
        );
        var two = await caller.AskAsync(
            "list_jobs",
            new
            {
                tags = new[] { tag },
                limit = 2,
                cursor = one.Text("nextCursor"),
            }
        );
        var none = await caller.AskAsync("list_jobs", new { search = $"tag:{tag} state:failed" });
        var job = await caller.AskAsync("get_job", new { job = ids[0] });
        var input = await caller.AskAsync("get_result", new { job = ids[0], part = "input" });
        var nothing = await caller.AskAsync("get_result", new { job = ids[0] });

        Assert.Equal(ids, one.Items().Concat(two.Items()).Select(j => j.Text("id")!));
        Assert.Null(two.Text("nextCursor"));
        Assert.Empty(none.Items());
        Assert.Equal("scheduled", job.GetProperty("job").Text("state"));
        Assert.Equal(1, job.GetProperty("input").GetProperty("steps").GetInt32());
        Assert.Equal(1, input.GetProperty("value").GetProperty("steps").GetInt32());
        Assert.False(nothing.GetProperty("ready").GetBoolean());
        Assert.Contains("wait_for_job", nothing.Text("note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_paused_resumed_cancelled_retried_and_commented_on_in_the_keys_name()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var asked = await AskingAsync();
        var id = asked.Text("id")!;

        Assert.Equal("paused", (await caller.AskAsync("pause_job", new { job = id, reason = "lunch" })).Text("state"));
        Assert.NotEqual("paused", (await caller.AskAsync("resume_job", new { job = id })).Text("state"));
        Assert.Equal("cancelled", (await caller.AskAsync("cancel_job", new { job = id })).Text("state"));
        Assert.Equal("cancelled", (await caller.AskAsync("cancel_job", new { job = id })).Text("state"));
        Assert.StartsWith(
            "job.refused: ",
            await caller.RefusalAsync("pause_job", new { job = id }),
            StringComparison.Ordinal
        );
        Assert.NotEqual("cancelled", (await caller.AskAsync("retry_job", new { job = id })).Text("state"));
        var key = Guid.NewGuid().ToString();
        var comment = await caller.AskAsync(
            "comment_on_job",
            new
            {
                job = id,
                body = "Well done.",
                idempotencyKey = key,
            }
        );
        var again = await caller.AskAsync(
            "comment_on_job",
            new
            {
                job = id,
                body = "Well done.",
                idempotencyKey = key,
            }
        );
        Assert.Equal(comment.Text("id"), again.Text("id"));

        var events = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{id}/events?type=job.paused", Stop);
        Assert.Contains("lunch", events.GetRawText(), StringComparison.Ordinal);
        var audit = await program.Admin.GetFromJsonAsync<JsonElement>("audit?limit=50", Stop);
        var line = audit.Items().First(a => a.Text("action") == "job.paused" && a.GetRawText().Contains(id));
        Assert.StartsWith("MCP ", line.Text("from"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_is_asked_and_the_answer_comes_back()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var asked = await caller.AskAsync(
            "ask_human",
            new
            {
                question = "Which colour?",
                options = new[] { "red", "blue" },
                idempotencyKey = Guid.NewGuid(),
            }
        );
        var id = asked.GetProperty("job").Text("id")!;

        var waited = await caller.AskAsync("wait_for_job", new { job = id });
        var approval = waited.GetProperty("job").GetProperty("waitingFor").Text("approvalId")!;
        var shown = await caller.AskAsync("get_approval", new { approval });
        Assert.Equal("needsPerson", waited.Text("reason"));
        Assert.Contains(approval, waited.Text("next"), StringComparison.Ordinal);
        Assert.Equal("Which colour?", shown.Text("content"));
        Assert.True(shown.GetProperty("mayDecide").GetBoolean());
        Assert.Contains(
            (await caller.AskAsync("list_approvals", new { assignedToMe = true, job = id })).Items(),
            a => a.Text("id") == approval
        );

        var decided = await caller.AskAsync("decide_approval", Decision(shown, "choose", "blue"));
        Assert.Equal("chosen", decided.Text("state"));
        Assert.StartsWith(
            "approval.decided: ",
            await caller.RefusalAsync("decide_approval", Decision(shown, "choose", "red")),
            StringComparison.Ordinal
        );
        await caller.AskAsync("wait_for_job", new { job = id, until = "ended" });
        var answer = (await caller.AskAsync("get_result", new { job = id })).GetProperty("value");
        Assert.True(answer.GetProperty("answered").GetBoolean());
        Assert.Equal("blue", answer.Text("answer"));
    }

    [Fact]
    public async Task A_decision_names_the_revision_that_was_read()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await AskingAsync();
        var pending = await caller.AskAsync("list_approvals", new { job = job.Text("id"), state = "pending" });
        var approval = pending.Items().Single().Text("id");

        var old = await caller.RefusalAsync(
            "decide_approval",
            new
            {
                approval,
                decision = "approve",
                revision = 77,
            }
        );
        var without = await caller.RefusalAsync("decide_approval", new { approval, decision = "approve" });

        Assert.StartsWith("approval.changed: ", old, StringComparison.Ordinal);
        Assert.StartsWith("invalid: revision: ", without, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_is_delivered_once_for_each_key()
    {
        await using var caller = await McpCaller.AdminAsync(program);
        var job = await ScheduledAsync(new { });
        var key = Guid.NewGuid().ToString();
        object Arguments(int value) =>
            new
            {
                job = job.Text("id"),
                name = "go",
                value,
                idempotencyKey = key,
            };

        var first = await caller.AskAsync("send_signal", Arguments(1));
        var again = await caller.AskAsync("send_signal", Arguments(1));

        Assert.False(first.GetProperty("replayed").GetBoolean());
        Assert.True(again.GetProperty("replayed").GetBoolean());
        Assert.StartsWith(
            "idempotency.reused: ",
            await caller.RefusalAsync("send_signal", Arguments(2)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Agents_are_listed_and_looked_at()
    {
        await using var caller = await McpCaller.AdminAsync(program);

        var agents = await caller.AskAsync("list_agents", new { });
        var agent = await caller.AskAsync("get_agent", new { agent = "question" });

        Assert.Equal(
            ["question"],
            (await caller.AskAsync("list_agents", new { name = "que" })).Items().Select(a => a.Text("name"))
        );
        Assert.Contains("synthetic", agents.Items().Select(a => a.Text("name")));
        Assert.DoesNotContain("contracts.document", agents.Items().Select(a => a.Text("name")));
        Assert.True(agent.GetProperty("inputSchema").GetProperty("properties").TryGetProperty("question", out _));
        Assert.StartsWith(
            "notFound: ",
            await caller.RefusalAsync("get_agent", new { agent = "nobody" }),
            StringComparison.Ordinal
        );
    }

    private static object Decision(JsonElement shown, string decision, string value) =>
        new
        {
            approval = shown.GetProperty("approval").Text("id"),
            decision,
            revision = shown.GetProperty("approval").GetProperty("revision").GetInt32(),
            value,
        };

    private Task<JsonElement> ScheduledAsync(object more) =>
        program.SubmitAsync(
            JsonSerializer
                .SerializeToNode(more)!
                .AsObject()
                .Concat(
                    JsonSerializer
                        .SerializeToNode(
                            new
                            {
                                agent = "synthetic",
                                input = new { steps = 1 },
                                runAt = DateTimeOffset.UtcNow.AddDays(1),
                            }
                        )!
                        .AsObject()
                )
                .ToDictionary(p => p.Key, p => p.Value?.DeepClone())
        );

    private async Task<JsonElement> AskingAsync()
    {
        var job = await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 1, approvalAtStep = 1 } });
        return await program.WaitForAsync(job.Text("id")!, "waiting");
    }
}
