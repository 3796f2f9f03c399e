using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Rest;

public sealed class DescriptionTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly string[] _routes =
    [
        "POST /api/v1/jobs",
        "POST /api/v1/jobs/batch",
        "GET /api/v1/jobs",
        "GET /api/v1/jobs/{id}",
        "GET /api/v1/jobs/{id}/steps",
        "GET /api/v1/jobs/{id}/events",
        "GET /api/v1/jobs/{id}/checkpoints",
        "GET /api/v1/jobs/{id}/checkpoints/{key}",
        "PUT /api/v1/jobs/{id}/checkpoints/{key}",
        "GET /api/v1/jobs/{id}/progress",
        "GET /api/v1/jobs/{id}/standing",
        "POST /api/v1/jobs/{id}/pause",
        "POST /api/v1/jobs/{id}/resume",
        "POST /api/v1/jobs/{id}/cancel",
        "POST /api/v1/jobs/{id}/retry",
        "PATCH /api/v1/jobs/{id}",
        "POST /api/v1/jobs/{id}/run-now",
        "POST /api/v1/jobs/{id}/retry-now",
        "POST /api/v1/jobs/{id}/skip-wait",
        "POST /api/v1/jobs/{id}/force-stop",
        "POST /api/v1/jobs/{id}/fork",
        "POST /api/v1/jobs/{id}/signals/{name}",
        "GET /api/v1/jobs/{id}/comments",
        "POST /api/v1/jobs/{id}/comments",
        "GET /api/v1/approvals",
        "GET /api/v1/approvals/{id}",
        "POST /api/v1/approvals/{id}/decide",
        "POST /api/v1/approvals/{id}/reassign",
        "POST /api/v1/approvals/{id}/undo",
        "GET /api/v1/hold",
        "GET /api/v1/job-views",
        "POST /api/v1/job-views",
        "DELETE /api/v1/job-views/{id}",
        "GET /api/v1/failures",
        "GET /api/v1/failures/{id}",
        "GET /api/v1/failures/{id}/jobs",
        "POST /api/v1/failures/{id}/resolve",
        "POST /api/v1/failures/{id}/ignore",
        "POST /api/v1/failures/{id}/reopen",
        "POST /api/v1/failures/{id}/retry",
        "POST /api/v1/failures/retry",
        "POST /api/v1/bulk",
        "GET /api/v1/bulk/{id}",
        "GET /api/v1/bulk/{id}/items",
        "POST /api/v1/bulk/{id}/start",
        "POST /api/v1/bulk/{id}/abort",
        "PUT /api/v1/hold",
        "PUT /api/v1/workers/{name}",
        "DELETE /api/v1/workers/{name}",
        "POST /api/v1/approvals/{id}/snooze",
        "POST /api/v1/approvals/{id}/ask",
        "POST /api/v1/approvals/{id}/answer",
        "POST /api/v1/approvals/decide",
        "GET /api/v1/approval-policies",
        "PUT /api/v1/approval-policies",
        "DELETE /api/v1/approval-policies/{id}",
        "GET /api/v1/approval-rules",
        "POST /api/v1/approval-rules",
        "DELETE /api/v1/approval-rules/{id}",
        "GET /api/v1/people",
        "GET /api/v1/people/{id}",
        "PATCH /api/v1/people/{id}",
        "DELETE /api/v1/people/{id}",
        "POST /api/v1/people/{id}/password-link",
        "GET /api/v1/invitations",
        "POST /api/v1/invitations",
        "DELETE /api/v1/invitations/{id}",
        "GET /api/v1/groups",
        "GET /api/v1/groups/{name}",
        "PUT /api/v1/groups/{name}",
        "DELETE /api/v1/groups/{name}",
        "GET /api/v1/agents",
        "GET /api/v1/agents/{name}",
        "GET /api/v1/mcp-servers",
        "POST /api/v1/mcp-servers/{name}/accept",
        "GET /api/v1/agents/{name}/versions",
        "GET /api/v1/agents/{name}/notes",
        "GET /api/v1/agents/{name}/notes/{note}",
        "PUT /api/v1/agents/{name}/notes/{note}",
        "DELETE /api/v1/agents/{name}/notes/{note}",
        "GET /api/v1/agents/{name}/notes/{note}/versions",
        "GET /api/v1/agents/{name}/notes/{note}/versions/{version}",
        "PUT /api/v1/agents/{name}",
        "DELETE /api/v1/agents/{name}",
        "GET /api/v1/queues",
        "PUT /api/v1/queues/{name}",
        "GET /api/v1/notifications",
        "GET /api/v1/notifications/digest",
        "PUT /api/v1/notifications/digest",
        "DELETE /api/v1/notifications/digest",
        "POST /api/v1/notifications/read",
        "POST /api/v1/notifications/{id}/read",
        "GET /api/v1/notifications/channels",
        "PUT /api/v1/notifications/channels/{name}",
        "DELETE /api/v1/notifications/channels/{name}",
        "GET /api/v1/notifications/rules",
        "POST /api/v1/notifications/rules",
        "PUT /api/v1/notifications/rules/{id}",
        "DELETE /api/v1/notifications/rules/{id}",
        "POST /api/v1/notifications/channels/{name}/test",
        "GET /api/v1/notifications/deliveries",
        "POST /api/v1/notifications/deliveries/{id}/resend",
        "POST /api/v1/slack/actions",
        "GET /api/v1/schedules",
        "GET /api/v1/schedules/preview",
        "GET /api/v1/schedules/{name}",
        "GET /api/v1/schedules/{name}/runs",
        "PUT /api/v1/schedules/{name}",
        "DELETE /api/v1/schedules/{name}",
        "POST /api/v1/schedules/{name}/run",
        "POST /api/v1/schedules/{name}/pause",
        "POST /api/v1/schedules/{name}/resume",
        "GET /api/v1/metrics/summary",
        "GET /api/v1/metrics/series",
        "GET /api/v1/metrics/jobs",
        "GET /api/v1/services",
        "GET /api/v1/services/{name}",
        "POST /api/v1/services/{name}/test",
        "POST /api/v1/services/{name}/reset",
        "POST /api/v1/services/{name}/block",
        "GET /api/v1/workers",
    ];

    [Fact]
    public async Task The_description_names_every_route_of_the_contract_with_a_summary()
    {
        var document = await program.Admin.GetFromJsonAsync<JsonElement>(new Uri(program.Address, "/openapi/v1.json"));

        var described = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(p =>
                p.Value.EnumerateObject()
                    .Select(m => (Route: $"{m.Name.ToUpperInvariant()} {p.Name.TrimEnd('/')}", Operation: m.Value))
            )
            .ToDictionary(o => o.Route, o => o.Operation);
        Assert.All(
            _routes,
            r =>
                Assert.True(
                    described.ContainsKey(r),
                    $"{r} is not described. There is: {string.Join(", ", described.Keys)}"
                )
        );
        Assert.All(described, o => Assert.True(o.Value.TryGetProperty("summary", out _), $"{o.Key} has no summary."));
        Assert.All(described, o => Assert.True(o.Value.TryGetProperty("operationId", out _), $"{o.Key} has no name."));
        Assert.Contains(
            "limit",
            described["GET /api/v1/jobs"].GetProperty("parameters").ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Health_answers_everybody_and_the_description_those_with_a_role()
    {
        using var anybody = program.ClientOf(null);
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var answer = await anybody.GetAsync(new Uri(program.Address, path));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        }
        using var closed = await anybody.GetAsync(new Uri(program.Address, "/openapi/v1.json"));
        using var opened = await program.Admin.GetAsync(new Uri(program.Address, "/scalar"));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (closed.StatusCode, opened.StatusCode));
        var ready = await anybody.GetFromJsonAsync<JsonElement>(new Uri(program.Address, "/health/ready"));
        Assert.Equal("healthy", ready.GetProperty("checks").GetProperty("database").Text("status"));
    }

    [Fact]
    public async Task The_description_runs_only_scripts_that_carry_the_mark_of_its_own_answer()
    {
        var (policy, page) = await ReadScalarAsync();
        var (nextPolicy, _) = await ReadScalarAsync();

        var scripts = policy.Split("; ").Single(d => d.StartsWith("script-src", StringComparison.Ordinal));
        var nonce = Regex
            .Match(scripts, "^script-src 'nonce-(?<nonce>[^']{20,})'$", RegexOptions.NonBacktracking)
            .Groups["nonce"]
            .Value;
        Assert.True(nonce.Length > 0, policy);
        Assert.DoesNotContain(nonce, nextPolicy, StringComparison.Ordinal);
        var tags = Regex
            .Matches(page, "<script[^>]*>", RegexOptions.NonBacktracking)
            .Select(m => WebUtility.HtmlDecode(m.Value))
            .ToList();
        Assert.NotEmpty(tags);
        Assert.All(tags, tag => Assert.Contains($"nonce=\"{nonce}\"", tag, StringComparison.Ordinal));
        Assert.DoesNotMatch(" on[a-z]+=\"", page);
        foreach (
            var source in tags.Select(t => Regex.Match(t, " src=\"(?<address>[^\"]+)\"", RegexOptions.NonBacktracking))
                .Where(m => m.Success)
        )
        {
            var address = new Uri(new Uri(program.Address, "/scalar/"), source.Groups["address"].Value);
            using var script = await program.Admin.GetAsync(address);
            Assert.Equal((program.Address.Authority, HttpStatusCode.OK), (address.Authority, script.StatusCode));
        }
    }

    private async Task<(string Policy, string Page)> ReadScalarAsync()
    {
        using var answer = await program.Admin.GetAsync(new Uri(program.Address, "/scalar/"));
        return (answer.Headers.GetValues("Content-Security-Policy").Single(), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Agents_and_workers_are_listed()
    {
        var agent = await program.Admin.GetFromJsonAsync<JsonElement>("agents/synthetic");
        var worker = (await program.Admin.GetFromJsonAsync<JsonElement>("workers")).Items().Single();

        Assert.True(agent.GetProperty("inputSchema").GetProperty("properties").TryGetProperty("steps", out _));
        Assert.True(agent.GetProperty("outputSchema").GetProperty("properties").TryGetProperty("checksum", out _));
        Assert.Equal("alive", worker.Text("state"));
        Assert.Contains("default", worker.GetProperty("queues").EnumerateArray().Select(q => q.GetString()));
    }
}
