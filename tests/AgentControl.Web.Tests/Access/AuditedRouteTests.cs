using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Web.Tests.Access;

/// <summary>Every route that changes something writes its line into the audit log. A new one must be called here.</summary>
public sealed partial class AuditedRouteTests(AuditedRouteTests.Fixture program)
    : IClassFixture<AuditedRouteTests.Fixture>
{
    private const string Approval = "synthetic";

    /// <summary>Why a changing route is not called below.</summary>
    private static readonly Dictionary<string, string> _others = new(StringComparer.Ordinal)
    {
        ["POST /api/v1/jobs"] = "A job names its submitter itself, and its log begins with the submission",
        ["POST /api/v1/bulk"] = "Nothing happens to the jobs yet: it tells how many match",
        ["POST /api/v1/failures/{id:guid}/retry"] = "Nothing happens to the jobs yet: it tells how many stand",
        ["POST /api/v1/failures/retry"] = "As above",
        ["POST /api/v1/jobs/batch"] = "As for one job",
        ["POST /api/v1/mcp-servers/{name}/accept"] = "McpPinTests and McpServerTests: it needs a server",
        ["POST /api/v1/notifications/read"] = "What somebody has read is their own, and changes nothing for others",
        ["POST /api/v1/notifications/{id:guid}/read"] = "As above",
        ["PUT /api/v1/notifications/digest"] =
            "How somebody reads their mail is their own, and changes nothing for others",
        ["DELETE /api/v1/notifications/digest"] = "As above",
        ["POST /api/v1/slack/actions"] = "SlackTests: it needs a signature",
        ["POST /api/v1/notifications/deliveries/{id}/resend"] = "NotificationTests: it needs a message that failed",
    };

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private IEnumerable<(string Route, string Action, Func<Task<(string Path, object? Body)>> Call)> AllCalls() =>
        DecidingCalls().Concat(WorkspaceCalls()).Concat(FailureCalls()).Concat(Calls());

    private IEnumerable<(string Route, string Action, Func<Task<(string Path, object? Body)>> Call)> Calls()
    {
        yield return ("PATCH /api/v1/jobs/{id}", "job.edited", () => Job("scheduled", "", new { priority = 2 }));
        yield return ("POST /api/v1/jobs/{id}/run-now", "job.startedNow", () => Job("scheduled", "/run-now"));
        yield return (
            "POST /api/v1/jobs/{id}/pause",
            "job.paused",
            () => Job("waiting", "/pause", new { reason = "why" })
        );
        yield return ("POST /api/v1/jobs/{id}/resume", "job.resumed", () => Job("paused", "/resume"));
        yield return ("POST /api/v1/jobs/{id}/cancel", "job.cancelled", () => Job("scheduled", "/cancel"));
        yield return ("POST /api/v1/jobs/{id}/retry", "job.retried", () => Job("cancelled", "/retry"));
        yield return ("POST /api/v1/jobs/{id}/fork", "job.forked", () => Job("waiting", "/fork", new { }));
        yield return (
            "POST /api/v1/jobs/{id}/retry-now",
            "job.retriedNow",
            () =>
                Row(
                    "waiting",
                    "/retry-now",
                    "INSERT INTO waits (job_id, key, group_key, kind, since) VALUES ('{0}', 'r', 'r', 'retry', now())"
                )
        );
        yield return (
            "POST /api/v1/jobs/{id}/skip-wait",
            "job.waitSkipped",
            () =>
                Row(
                    "waiting",
                    "/skip-wait",
                    "INSERT INTO waits (job_id, key, group_key, kind, since) VALUES ('{0}', 't', 't', 'timer', now())"
                )
        );
        yield return (
            "POST /api/v1/jobs/{id}/force-stop",
            "job.forceStopped",
            () =>
                Row(
                    "scheduled",
                    "/force-stop",
                    "UPDATE job_runs SET state = 'queued' WHERE job_id = '{0}'; UPDATE job_runs SET state = 'running', epoch = 1, lease_until = now() + interval '1 hour', cancel_requested = true WHERE job_id = '{0}'"
                )
        );
        yield return (
            "POST /api/v1/jobs/{id}/signals/{name}",
            "job.signalled",
            () => Job("scheduled", "/signals/go", new { value = 1 })
        );
        yield return (
            "PUT /api/v1/jobs/{id}/checkpoints/{**key}",
            "checkpoint.saved",
            () => Job("scheduled", "/checkpoints/k", new { value = 1 })
        );
        yield return (
            "POST /api/v1/jobs/{id}/comments",
            "comment.added",
            () => Job("scheduled", "/comments", new { body = "x" })
        );
        yield return ("PUT /api/v1/queues/{name}", "queue.changed", () => At("queues/audited", new { workers = 2 }));
        yield return (
            "PUT /api/v1/agents/{name}",
            "agent.defined",
            () => At("agents/audited", new { settings = new { description = "x" } })
        );
        yield return (
            "PUT /api/v1/agents/{name}/notes/{**note}",
            "note.written",
            () => At("agents/audited/notes/n", new { text = "x" })
        );
        yield return (
            "DELETE /api/v1/agents/{name}/notes/{**note}",
            "note.deleted",
            () => At("agents/audited/notes/n")
        );
        yield return ("DELETE /api/v1/agents/{name}", "agent.retired", () => At("agents/audited?version=1"));
        yield return (
            "PUT /api/v1/schedules/{name}",
            "schedule.created",
            () =>
                At(
                    "schedules/audited",
                    new
                    {
                        cron = "0 2 * * *",
                        timeZone = "UTC",
                        agent = Approval,
                        input = new { steps = 1 },
                    }
                )
        );
        yield return ("POST /api/v1/schedules/{name}/pause", "schedule.paused", () => At("schedules/audited/pause"));
        yield return ("POST /api/v1/schedules/{name}/resume", "schedule.resumed", () => At("schedules/audited/resume"));
        yield return ("POST /api/v1/schedules/{name}/run", "schedule.run", () => At("schedules/audited/run"));
        yield return ("DELETE /api/v1/schedules/{name}", "schedule.deleted", () => At("schedules/audited"));
        yield return (
            "POST /api/v1/services/{name}/block",
            "service.blocked",
            () => At("services/audited/block", new { minutes = 5 })
        );
        yield return ("POST /api/v1/services/{name}/test", "service.tested", () => At("services/audited/test"));
        yield return ("POST /api/v1/services/{name}/reset", "service.reset", () => At("services/audited/reset"));
        yield return (
            "POST /api/v1/notifications/channels/{name}/test",
            "notificationChannel.tested",
            () => At("notifications/channels/audited/test")
        );
        yield return (
            "PUT /api/v1/notifications/channels/{name}",
            "notificationChannel.created",
            () =>
                At(
                    "notifications/channels/room",
                    new { type = "slack", settings = new { webhookUrl = "https://hooks.example.org/audited-secret" } }
                )
        );
        yield return (
            "DELETE /api/v1/notifications/channels/{name}",
            "notificationChannel.deleted",
            () => At("notifications/channels/room")
        );
        yield return (
            "POST /api/v1/notifications/rules",
            "notificationRule.created",
            () => At("notifications/rules", new { on = new[] { "failed" }, channel = "inApp" })
        );
        yield return (
            "PUT /api/v1/notifications/rules/{id:guid}",
            "notificationRule.changed",
            async () =>
                (
                    $"notifications/rules/{await RuleAsync()}",
                    new
                    {
                        on = new[] { "failed" },
                        channel = "inApp",
                        enabled = false,
                    }
                )
        );
        yield return (
            "DELETE /api/v1/notifications/rules/{id:guid}",
            "notificationRule.deleted",
            async () => ($"notifications/rules/{await RuleAsync()}", null)
        );
        yield return (
            "PUT /api/v1/groups/{name}",
            "group.created",
            () => At("groups/audited", new { description = "x" })
        );
        yield return ("DELETE /api/v1/groups/{name}", "group.deleted", () => At("groups/audited"));
        yield return ("POST /api/v1/keys", "key.created", () => At("keys", new { name = "audited", role = "viewer" }));
        yield return (
            "DELETE /api/v1/keys/{id:guid}",
            "key.revoked",
            async () => await At($"keys/{await ScalarAsync("SELECT id::text FROM api_keys WHERE name = 'audited'")}")
        );
        yield return (
            "PATCH /api/v1/people/{id:guid}",
            "grant.changed",
            async () => ($"people/{await BenAsync()}", new { role = "operator" })
        );
        yield return (
            "POST /api/v1/people/{id:guid}/password-link",
            "person.passwordLinkMade",
            async () => ($"people/{await BenAsync()}/password-link", null)
        );
        yield return (
            "POST /api/v1/invitations",
            "person.invited",
            () => At("invitations", new { email = "new@example.org", role = "viewer" })
        );
        yield return (
            "DELETE /api/v1/invitations/{id:guid}",
            "invitation.withdrawn",
            async () =>
                ($"invitations/{await ScalarAsync("SELECT id::text FROM invitations WHERE person_id IS NULL")}", null)
        );
        yield return (
            "DELETE /api/v1/people/{id:guid}",
            "person.deleted",
            async () => ($"people/{await BenAsync()}", null)
        );
        yield return (
            "PUT /api/v1/workers/{name}",
            "worker.drained",
            async () =>
                (
                    $"workers/{await ScalarAsync("SELECT name FROM workers WHERE stopped_at IS NULL LIMIT 1")}",
                    new { draining = true }
                )
        );
        yield return (
            "DELETE /api/v1/workers/{name}",
            "worker.forgotten",
            async () =>
                (
                    $"workers/{await ScalarAsync("INSERT INTO workers (name, role, version, queues, agents, slots, started_at, last_heartbeat) VALUES ('gone', 'worker', '1', '{}', '{}', 1, ac_now(), ac_now() - interval '1 hour') RETURNING name")}",
                    null
                )
        );
        // The last: no job starts behind it.
        yield return ("PUT /api/v1/hold", "queues.held", () => At("hold", new { held = true }));
    }

    [Fact]
    public async Task Every_changing_route_is_called_here_or_says_why_not()
    {
        var mapped = await MappedRoute.AllAsync(program.Services);

        var known = AllCalls().Select(c => c.Route).Concat(_others.Keys).ToHashSet(StringComparer.Ordinal);
        var changing = mapped
            .Where(r =>
                r.Method is "POST" or "PUT" or "PATCH" or "DELETE"
                && r.Pattern.StartsWith("/api/v1/", StringComparison.Ordinal)
            )
            .Select(r => r.Name)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(changing.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_changing_route_writes_one_line_with_who_and_from_where()
    {
        var wrong = new List<string>();
        foreach (var (route, action, call) in AllCalls())
        {
            var (path, body) = await call();
            var last = await ScalarAsync("SELECT seq::text FROM audit_head");
            using var request = new HttpRequestMessage(HttpMethod.Parse(route.Split(' ')[0]), path)
            {
                Content = body switch
                {
                    null => null,
                    string text => new StringContent(text, Encoding.UTF8, "text/plain"),
                    _ => JsonContent.Create(body),
                },
            };
            using var answer = await program.Admin.SendAsync(request, Now);
            var said = await answer.Content.ReadAsStringAsync(Now);
            var lines = await ScalarAsync(
                $"SELECT coalesce(string_agg(concat_ws(' ', action, split_part(actor, ':', 1), split_part(origin, ' ', 1)), ', '), 'nothing') FROM audit_log WHERE seq > {last}"
            );
            if (!answer.IsSuccessStatusCode || lines != $"{action} key REST")
                wrong.Add($"{route}: {(int)answer.StatusCode}, {lines}. {(answer.IsSuccessStatusCode ? "" : said)}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Null(
            (await program.Admin.GetFromJsonAsync<JsonElement>("audit/verify", Now)).GetProperty("problem").GetString()
        );
    }

    [Fact]
    public async Task A_command_that_changes_nothing_is_no_line()
    {
        // A job that no worker touches: other tests of this class leave rules and holds behind.
        var (path, _) = await Job("cancelled", "/cancel");
        var before = await ScalarAsync("SELECT seq::text FROM audit_head");

        using var again = await program.Admin.PostAsync(path, null, Now);

        Assert.True(again.IsSuccessStatusCode);
        Assert.Equal(before, await ScalarAsync("SELECT seq::text FROM audit_head"));
    }

    [Fact]
    public async Task A_parent_that_is_cancelled_is_one_line_whatever_reason_its_children_have()
    {
        var (path, _) = await Job("scheduled", "/cancel");
        var before = await ScalarAsync("SELECT seq::text FROM audit_head");

        using var answer = await program.Admin.PostAsJsonAsync(path, new { reason = "its parent was cancelled" }, Now);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(
            "job.cancelled",
            await ScalarAsync($"SELECT string_agg(action, ',') FROM audit_log WHERE seq > {before}")
        );
    }

    private Task<string?> RuleAsync() => ScalarAsync("SELECT id::text FROM notification_rules");

    private static Task<(string, object?)> At(string path, object? body = null) => Task.FromResult((path, body));

    /// <summary>A job of its own in this state, with the rest of the path behind its id.</summary>
    private async Task<(string Path, object? Body)> Job(string state, string rest, object? body = null)
    {
        var later = state is "scheduled" or "cancelled";
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 2, approvalAtStep = 1 },
                runAt = later ? DateTimeOffset.UtcNow.AddYears(1) : (DateTimeOffset?)null,
            }
        );
        var id = job.Text("id")!;
        if (!later)
            await program.WaitForAsync(id, "waiting");
        var first = state switch
        {
            "paused" => "pause",
            "cancelled" => "cancel",
            _ => null,
        };
        if (first is not null)
            (await program.Admin.PostAsync($"jobs/{id}/{first}", null, Now)).EnsureSuccessStatusCode();
        return ($"jobs/{id}{rest}", body);
    }

    private async Task<(string, object?)> Row(string state, string rest, string sql)
    {
        var (path, body) = await Job(state, rest);
        await ScalarAsync(sql.Replace("{0}", path.Split('/')[1], StringComparison.Ordinal));
        return (path, body);
    }

    private async Task<string> BenAsync()
    {
        await ScalarAsync(
            """
            INSERT INTO users (id, user_name, normalized_user_name, display_name, created_at, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
            VALUES ('0199a0a0-0000-7000-8000-00000000000a', 'Ben', 'BEN', 'Ben', now(), false, false, false, true, 0) ON CONFLICT DO NOTHING;
            INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', '0199a0a0-0000-7000-8000-00000000000a', '*', 'approver') ON CONFLICT DO NOTHING
            """
        );
        return "0199a0a0-0000-7000-8000-00000000000a";
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(program.ConnectionString);
        await connection.OpenAsync(Now);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Now) as string;
    }

    public sealed class Fixture(AgentControl.TestKit.PostgresFixture postgres) : ProgramFixture(postgres)
    {
        protected override void Configure(WebApplicationBuilder builder) =>
            builder.Configuration.AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["AgentControl:Services:audited:RequestTimeoutSeconds"] = "5",
                    ["AgentControl:Notifications:Channels:audited:type"] = "webhook",
                    ["AgentControl:Notifications:Channels:audited:url"] = "http://127.0.0.1:9/hook",
                    ["AgentControl:Notifications:Channels:audited:secret"] =
                        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                }
            );
    }
}
