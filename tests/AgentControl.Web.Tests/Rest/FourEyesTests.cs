using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Rest;

/// <summary>Several people, groups and those who started the job: over REST, by keys of people.</summary>
public sealed class FourEyesTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_of_a_group_decide_and_neither_is_who_started_the_job()
    {
        var (maria, ben, chen, dora) = (
            await PersonAsync(),
            await PersonAsync(),
            await PersonAsync(),
            await PersonAsync()
        );
        await GroupAsync("payers", maria, ben, chen);
        var approval = await AskAsync(maria, new { required = 2, approvers = new[] { "payers" } });
        Assert.True(approval.GetProperty("notStarter").GetBoolean());
        var id = approval.Text("id");

        using var own = await ApproveAsync(maria, id);
        using var other = await ApproveAsync(dora, id);
        Assert.Contains(
            "You started this job",
            (await own.ProblemAsync(HttpStatusCode.Forbidden, "forbidden")).Text("detail"),
            StringComparison.Ordinal
        );
        await other.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        var waits = new List<bool>();
        foreach (var someone in new[] { maria, ben, chen, dora })
            waits.Add(await WaitsForAsync(someone, id));
        Assert.Equal([false, true, true, false], waits);

        using var first = await ApproveAsync(ben, id);
        Assert.Equal("pending", (await first.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("state"));
        Assert.False(await WaitsForAsync(ben, id));
        using var again = await ApproveAsync(ben with { Key = await KeyOfAsync(ben.Id) }, id);
        Assert.Equal("pending", (await again.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("state"));
        using var second = await ApproveAsync(chen, id);
        Assert.Equal("approved", (await second.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("state"));
        await program.WaitForAsync(approval.Text("jobId")!, "succeeded");
    }

    [Fact]
    public async Task A_request_is_given_to_others_who_exist_and_may_decide()
    {
        var (ben, chen, viewer) = (await PersonAsync(), await PersonAsync(), await PersonAsync(Role.Viewer));
        var approval = await AskAsync(null, new { approvers = new[] { ben.Name } });
        var id = approval.Text("id");

        using var notTheirs = await ReassignAsync(chen, id, chen.Name);
        await notTheirs.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        using var nobody = await ReassignAsync(ben, id, "nobody-here");
        Assert.Contains("nobody-here", await nobody.FieldAsync("approvers"), StringComparison.Ordinal);
        using var powerless = await ReassignAsync(ben, id, viewer.Name);
        Assert.Contains("None of them may decide", await powerless.FieldAsync("approvers"), StringComparison.Ordinal);
        using var none = await ReassignAsync(ben, id);
        await none.FieldAsync("approvers");

        using var done = await ReassignAsync(ben, id, $"{chen.Name}@example.com");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using var late = await ApproveAsync(ben, id);
        await late.ProblemAsync(HttpStatusCode.Forbidden, "forbidden");
        Assert.True(await WaitsForAsync(chen, id));
        using var decided = await ApproveAsync(chen, id);
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        using var over = await ReassignAsync(chen, id, ben.Name);
        await over.ProblemAsync(HttpStatusCode.Conflict, "approval.decided");
        var told = await program.Admin.GetFromJsonAsync<JsonElement>("audit?limit=20", Stop);
        Assert.Contains(told.Items(), e => e.Text("action") == "approval.reassigned");
    }

    [Fact]
    public async Task A_group_is_made_changed_and_deleted_and_mistakes_are_told()
    {
        var ben = await PersonAsync();
        using var bad = await PutAsync("Über alles", new { members = new[] { Guid.NewGuid() } });
        await bad.FieldAsync("name");
        await bad.FieldAsync("members");
        using var person = await PutAsync(ben.Name, new { });
        Assert.Contains("person has this name", await person.FieldAsync("name"), StringComparison.Ordinal);

        using var made = await PutAsync(
            "night-shift",
            new { description = "Who is awake", members = new[] { ben.Id } }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var emptied = await PutAsync("night-shift", new { members = Array.Empty<Guid>() });
        Assert.Equal(HttpStatusCode.OK, emptied.StatusCode);
        var group = await program.Admin.GetFromJsonAsync<JsonElement>("groups/night-shift", Stop);
        Assert.Equal(0, group.GetProperty("members").GetArrayLength());
        using var gone = await program.Admin.DeleteAsync("groups/night-shift", Stop);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var missing = await program.Admin.GetAsync("groups/night-shift", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task An_admin_sees_who_is_in_a_group_and_who_of_them_may_not_decide()
    {
        var (admin, ben, viewer) = (await PersonAsync(Role.Admin), await PersonAsync(), await PersonAsync(Role.Viewer));
        await GroupAsync("seen-by-admins", ben, viewer);
        using var browser = new Access.Browser(program.Address);
        (await browser.SignInAsync(admin.Name)).Dispose();

        var page = await browser.TextAsync("/settings/groups");

        Assert.Contains("seen-by-admins", page, StringComparison.Ordinal);
        Assert.Contains(ben.Name, page, StringComparison.Ordinal);
        Assert.Contains($"{viewer.Name} (has no Approver role)", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_of_a_job_that_cannot_hold_are_refused_with_their_field()
    {
        using var refused = await program.Admin.SendAsync(
            Json(
                HttpMethod.Post,
                "jobs",
                """{"agent":"synthetic","input":{"steps":1},"approvalPolicy":{"required":0,"onExpire":"approve","decideWithinSeconds":5}}"""
            ),
            Stop
        );
        await refused.FieldAsync("approvalPolicy.required");
        await refused.FieldAsync("approvalPolicy.onExpire");
    }

    private sealed record Someone(Guid Id, string Name, string Key);

    private async Task<Someone> PersonAsync(Role role = Role.Approver)
    {
        var name = "p" + Guid.NewGuid().ToString("N")[..8];
        await using var scope = program.Services.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<People>();
        var (id, errors) = await people.AddAsync(
            Caller.System,
            new(name, $"{name}@example.com", "correct horse battery"),
            Stop
        );
        Assert.Empty(errors);
        await people.GrantAsync(Caller.System, id!.Value, Caller.Everywhere, role, Stop);
        return new Someone(id.Value, name, await KeyOfAsync(id.Value));
    }

    private async Task<string> KeyOfAsync(Guid person)
    {
        var outcome = await program
            .Services.GetRequiredService<ApiKeys>()
            .CreateAsync(Caller.System, new NewApiKey("own", Role.Approver) { OwnerId = person }, Stop);
        return Assert.IsType<ApiKeyOutcome.Created>(outcome).Secret;
    }

    private async Task GroupAsync(string name, params Someone[] members)
    {
        using var made = await PutAsync(name, new { members = members.Select(m => m.Id) });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
    }

    private Task<HttpResponseMessage> PutAsync(string name, object body) =>
        program.Admin.SendAsync(
            Json(HttpMethod.Put, $"groups/{Uri.EscapeDataString(name)}", JsonSerializer.Serialize(body)),
            Stop
        );

    private async Task<JsonElement> AskAsync(Someone? starter, object terms)
    {
        var job = new
        {
            agent = "synthetic",
            input = new { steps = 2, approvalAtStep = 1 },
            approvalPolicy = terms,
        };
        using var client = starter is null ? null : program.ClientOf(starter.Key);
        using var sent = await (client ?? program.Admin).PostAsJsonAsync("jobs", job, Stop);
        var id = (await sent.Content.ReadFromJsonAsync<JsonElement>(Stop)).Text("id")!;
        await program.WaitForAsync(id, "waiting");
        return (await program.Admin.GetFromJsonAsync<JsonElement>($"approvals?jobId={id}", Stop)).Items().Single();
    }

    private async Task<bool> WaitsForAsync(Someone who, string? id)
    {
        using var client = program.ClientOf(who.Key);
        var mine = await client.GetFromJsonAsync<JsonElement>("approvals?assignedToMe=true", Stop);
        return mine.Items().Any(a => a.Text("id") == id);
    }

    private async Task<HttpResponseMessage> ApproveAsync(Someone who, string? id)
    {
        using var client = program.ClientOf(who.Key);
        return await client.SendAsync(
            Json(HttpMethod.Post, $"approvals/{id}/decide", """{"decision":"approve","revision":1}"""),
            Stop
        );
    }

    private async Task<HttpResponseMessage> ReassignAsync(Someone who, string? id, params string[] names)
    {
        using var client = program.ClientOf(who.Key);
        return await client.SendAsync(
            Json(
                HttpMethod.Post,
                $"approvals/{id}/reassign",
                JsonSerializer.Serialize(new { approvers = names, comment = "on leave" })
            ),
            Stop
        );
    }
}
