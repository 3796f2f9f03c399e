using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Policies, standing rules, grace, snoozing, questions and joint decisions over REST.</summary>
public sealed class PolicyRestTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null) =>
        await program.Admin.SendAsync(
            body is null ? new HttpRequestMessage(method, path) : Json(method, path, JsonSerializer.Serialize(body)),
            Stop
        );

    private async Task<string> StartAsync(object? terms = null)
    {
        var job = new
        {
            agent = "synthetic",
            input = new { steps = 2, approvalAtStep = 1 },
            approvalPolicy = terms,
        };
        using var sent = await program.Admin.PostAsJsonAsync("jobs", job, Stop);
        return (await sent.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("id")!;
    }

    private async Task<JsonElement> AskedAsync(string job) =>
        (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job}", Stop)).Items().Single();

    private async Task<(string Job, string Approval)> AskAsync(object? terms = null)
    {
        var job = await StartAsync(terms);
        await program.WaitForAsync(job, "waiting");
        return (job, (await AskedAsync(job)).Text("id")!);
    }

    private async Task<JsonElement> OkAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, path, body);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    [Fact]
    public async Task A_policy_is_made_changed_and_deleted_and_each_stands_in_the_audit_log()
    {
        using var made = await SendAsync(
            HttpMethod.Put,
            "approval-policies",
            new
            {
                agent = "synthetic",
                action = "step",
                workspace = "policy-test",
                terms = new { required = 2, remindEverySeconds = 60 },
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var changed = await OkAsync(
            HttpMethod.Put,
            "approval-policies",
            new
            {
                agent = "synthetic",
                action = "step",
                workspace = "policy-test",
                terms = new
                {
                    required = 3,
                    onExpire = "approve",
                    decideWithinSeconds = 60,
                },
            }
        );
        Assert.Equal(3, changed.GetProperty("terms").GetProperty("required").GetInt32());
        var listed = (await OkAsync(HttpMethod.Get, "approval-policies"))
            .Items()
            .Single(p => p.GetProperty("scope").Text("workspace") == "policy-test");
        Assert.Equal("approve", listed.GetProperty("terms").Text("onExpire"));
        await OkAsync(HttpMethod.Delete, $"approval-policies/{listed.Text("id")}");
        using var gone = await SendAsync(HttpMethod.Delete, $"approval-policies/{listed.Text("id")}");
        await gone.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        using var wrong = await SendAsync(
            HttpMethod.Put,
            "approval-policies",
            new { agent = "synthetic", terms = new { quorum = 2 } }
        );
        await wrong.FieldAsync("terms.quorum");
        var told = (await OkAsync(HttpMethod.Get, $"audit?target=policy:{listed.Text("id")}")).Items();
        Assert.Equal(["policy.deleted", "policy.changed", "policy.created"], told.Select(line => line.Text("action")));
    }

    [Fact]
    public async Task Approvers_who_are_nobody_are_refused_by_name()
    {
        object terms = new
        {
            approvers = new[] { "nobody-a" },
            onExpire = "escalate",
            decideWithinSeconds = 60,
            escalateTo = new[] { "nobody-b" },
        };
        using var policy = await SendAsync(HttpMethod.Put, "approval-policies", new { agent = "synthetic", terms });
        Assert.Contains("nobody-a", await policy.FieldAsync("terms.approvers"), StringComparison.Ordinal);
        using var job = await SendAsync(
            HttpMethod.Post,
            "jobs",
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                approvalPolicy = terms,
            }
        );
        Assert.Contains("nobody-b", await job.FieldAsync("approvalPolicy.escalateTo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standing_rule_decides_until_it_is_revoked()
    {
        using var made = await SendAsync(
            HttpMethod.Post,
            "approval-rules",
            new
            {
                agent = "synthetic",
                action = "step",
                decision = "approve",
                reason = "Only a drill",
                lastsSeconds = 3600,
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var rule = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("id");
        var job = await StartAsync();
        await program.WaitForAsync(job, "succeeded");
        Assert.Equal(
            ("approved", "Only a drill", rule),
            await AskedAsync(job) is var asked
                ? (asked.Text("state"), asked.Text("comment"), asked.Text("ruleId"))
                : default
        );
        await OkAsync(HttpMethod.Delete, $"approval-rules/{rule}");
        await AskAsync();
        var listed = (await OkAsync(HttpMethod.Get, "approval-rules")).Items().Single(r => r.Text("id") == rule);
        Assert.Equal(1, listed.GetProperty("uses").GetInt32());
        Assert.NotNull(listed.Text("revokedBy"));
        using var endless = await SendAsync(
            HttpMethod.Post,
            "approval-rules",
            new
            {
                agent = "synthetic",
                decision = "approve",
                reason = "x",
                lastsSeconds = 1e300,
            }
        );
        await endless.FieldAsync("lastsSeconds");
    }

    [Fact]
    public async Task A_decision_is_taken_back_within_its_grace()
    {
        var (job, id) = await AskAsync(new { graceSeconds = 300 });
        var decided = await OkAsync(
            HttpMethod.Post,
            $"approvals/{id}/decide",
            new
            {
                decision = "reject",
                revision = 1,
                comment = "No",
            }
        );
        Assert.Equal("rejected", decided.Text("state"));
        Assert.NotNull(decided.Text("deliverAt"));
        Assert.Equal("pending", (await OkAsync(HttpMethod.Post, $"approvals/{id}/undo")).Text("state"));
        using var nothing = await SendAsync(HttpMethod.Post, $"approvals/{id}/undo");
        await nothing.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        using var missing = await SendAsync(HttpMethod.Post, $"approvals/{Guid.NewGuid()}/undo");
        await missing.ProblemAsync(HttpStatusCode.NotFound, "notFound");
        Assert.Equal("waiting", (await OkAsync(HttpMethod.Get, $"jobs/{job}")).Text("state"));
    }

    [Fact]
    public async Task Without_grace_there_is_nothing_to_take_back()
    {
        var (job, id) = await AskAsync();
        await OkAsync(HttpMethod.Post, $"approvals/{id}/decide", new { decision = "approve", revision = 1 });
        using var late = await SendAsync(HttpMethod.Post, $"approvals/{id}/undo");
        await late.ProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        await program.WaitForAsync(job, "succeeded");
    }

    [Fact]
    public async Task What_is_put_off_is_not_assigned_to_me_until_then()
    {
        var (_, id) = await AskAsync();
        async Task<bool> MineAsync() =>
            (await OkAsync(HttpMethod.Get, "approvals?assignedToMe=true&limit=200"))
                .Items()
                .Any(a => a.Text("id") == id);
        await OkAsync(HttpMethod.Post, $"approvals/{id}/snooze", new { afterSeconds = 3600 });
        Assert.False(await MineAsync());
        await OkAsync(HttpMethod.Post, $"approvals/{id}/snooze", new { afterSeconds = (double?)null });
        Assert.True(await MineAsync());
        using var wrong = await SendAsync(HttpMethod.Post, $"approvals/{id}/snooze", new { afterSeconds = 5 });
        await wrong.FieldAsync("afterSeconds");
    }

    [Fact]
    public async Task A_question_before_the_decision_is_asked_and_answered()
    {
        var (job, id) = await AskAsync();
        Assert.NotNull(
            (await OkAsync(HttpMethod.Post, $"approvals/{id}/ask", new { text = "Which one?" })).Text("infoAskedBy")
        );
        using var empty = await SendAsync(HttpMethod.Post, $"approvals/{id}/answer", new { text = "" });
        await empty.FieldAsync("answer");
        Assert.Null(
            (await OkAsync(HttpMethod.Post, $"approvals/{id}/answer", new { text = "The first" })).Text("infoAskedBy")
        );
        Assert.Equal(
            ["The first", "Which one?"],
            (await OkAsync(HttpMethod.Get, $"jobs/{job}/comments")).Items().Select(c => c.Text("body"))
        );
    }

    [Fact]
    public async Task Like_requests_are_decided_together_by_one_of_many_callers()
    {
        var asked = new List<(string Job, string Approval)>();
        for (var i = 0; i < 3; i++)
            asked.Add(await AskAsync());
        // Both orders at once: each call is all or none, and none waits for the other for ever.
        var calls = Enumerable
            .Range(0, 10)
            .Select(i =>
                SendAsync(
                    HttpMethod.Post,
                    "approvals/decide",
                    new
                    {
                        decision = "approve",
                        items = (i % 2 == 0 ? asked : asked.AsEnumerable().Reverse()).Select(a => new
                        {
                            id = a.Approval,
                            revision = 1,
                        }),
                    }
                )
            );
        var answers = await Task.WhenAll(calls);
        Assert.Equal(1, answers.Count(a => a.IsSuccessStatusCode));
        foreach (var answer in answers)
        {
            if (!answer.IsSuccessStatusCode)
                await answer.ProblemAsync(HttpStatusCode.Conflict, "approval.notAll");
            answer.Dispose();
        }
        foreach (var (job, _) in asked)
            await program.WaitForAsync(job, "succeeded");
        using var none = await SendAsync(HttpMethod.Post, "approvals/decide", new { decision = "approve" });
        await none.FieldAsync("items");
        using var unseen = await SendAsync(
            HttpMethod.Post,
            "approvals/decide",
            new { decision = "approve", items = new[] { new { id = asked[0].Approval } } }
        );
        await unseen.FieldAsync("items");
    }
}
