using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

public sealed class ApprovalTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    [Fact]
    public async Task A_decision_binds_to_what_was_shown_and_the_second_hears_of_the_first()
    {
        var (job, approval) = await WaitingAsync();
        var id = approval.Text("id");
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(approval.Text("content")!))),
            approval.Text("sha256")
        );
        Assert.Equal(
            id,
            (await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}"))
                .GetProperty("waitingFor")
                .Text("approvalId")
        );

        using var blind = await DecideAsync(id, """{"decision":"approve"}""");
        using var old = await DecideAsync(id, """{"decision":"approve","revision":0}""");
        using var word = await DecideAsync(id, """{"decision":"yes","revision":1}""");
        using var other = await DecideAsync(id, """{"decision":"approve","revision":1,"value":"more"}""");
        using var first = await DecideAsync(id, """{"decision":"approve","revision":1,"comment":"fine"}""");
        using var second = await DecideAsync(id, """{"decision":"reject","revision":1,"comment":"no"}""");

        await blind.FieldAsync("revision");
        await other.FieldAsync("value");
        await old.ProblemAsync(HttpStatusCode.Conflict, "approval.changed");
        Assert.Contains("approve", await word.FieldAsync("decision"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var problem = await second.ProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        Assert.Equal("approved", problem.GetProperty("decision").Text("state"));
        Assert.Equal("fine", problem.GetProperty("decision").Text("comment"));
        await program.WaitForAsync(job, "succeeded");
    }

    [Fact]
    public async Task Only_approvers_decide_and_each_sees_what_is_theirs()
    {
        var (job, approval) = await WaitingAsync();
        using var worker = program.ClientOf(await program.KeyAsync(Role.Operator));
        using var foreign = program.ClientOf(await program.KeyAsync(Role.Approver, "legal"));
        using var approver = program.ClientOf(await program.KeyAsync(Role.Approver));

        using var low = await worker.SendAsync(
            Json(HttpMethod.Post, $"approvals/{approval.Text("id")}/decide", """{"decision":"approve","revision":1}""")
        );
        using var elsewhere = await foreign.SendAsync(
            Json(HttpMethod.Post, $"approvals/{approval.Text("id")}/decide", """{"decision":"approve","revision":1}""")
        );

        await low.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        await elsewhere.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains(
            (await approver.GetFromJsonAsync<JsonElement>("approvals?assignedToMe=true&state=pending")).Items(),
            a => a.Text("jobId") == job
        );
        Assert.Empty((await worker.GetFromJsonAsync<JsonElement>("approvals?assignedToMe=true")).Items());
        Assert.Empty((await foreign.GetFromJsonAsync<JsonElement>("approvals")).Items());
        Assert.Equal(
            "pending",
            (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals/{approval.Text("id")}")).Text("state")
        );
    }

    [Fact]
    public async Task Of_fifty_decisions_at_once_by_different_people_one_stands_and_the_others_hear_of_it()
    {
        const int Many = 50;
        var (job, approval) = await WaitingAsync();
        var id = approval.Text("id");
        var keys = new List<string>();
        for (var i = 0; i < 5; i++)
            keys.Add(await program.KeyAsync(Role.Approver));

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Many)
                .Select(async i =>
                {
                    using var client = program.ClientOf(keys[i % keys.Count]);
                    var decision = i % 2 == 0 ? "approve" : "reject";
                    using var answer = await client.SendAsync(
                        Json(
                            HttpMethod.Post,
                            $"approvals/{id}/decide",
                            $$"""{"decision":"{{decision}}","revision":1,"comment":"number {{i}}"}"""
                        )
                    );
                    return (answer.StatusCode, Body: await answer.Content.ReadFromJsonAsync<JsonElement>());
                })
        );

        var stands = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK).Body;
        var others = answers.Where(a => a.StatusCode == HttpStatusCode.Conflict).ToList();
        Assert.Equal(Many - 1, others.Count);
        Assert.All(
            others,
            o =>
            {
                Assert.Equal("approval.decided", o.Body.Text("code"));
                Assert.Equal(stands.Text("comment"), o.Body.GetProperty("decision").Text("comment"));
            }
        );
        await program.WaitForAsync(job, stands.Text("state") == "approved" ? "succeeded" : "cancelled");
        var lines = await program.Admin.GetFromJsonAsync<JsonElement>($"jobs/{job}/events?type=approval.decided");
        Assert.Single(lines.Items());
        var audited = await program.Admin.GetFromJsonAsync<JsonElement>("audit?limit=100&action=approval.decided");
        Assert.Single(audited.Items(), line => line.GetRawText().Contains(id!, StringComparison.Ordinal));
    }

    private async Task<(string Job, JsonElement Approval)> WaitingAsync()
    {
        var job = (
            await program.SubmitAsync(new { agent = "synthetic", input = new { steps = 2, approvalAtStep = 1 } })
        ).Text("id")!;
        await program.WaitForAsync(job, "waiting");
        return (job, (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={job}")).Items().Single());
    }

    private Task<HttpResponseMessage> DecideAsync(string? id, string body) =>
        program.Admin.SendAsync(Json(HttpMethod.Post, $"approvals/{id}/decide", body));
}
