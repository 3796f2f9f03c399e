using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Access;

// Approvals, their policies and rules, acting upon many jobs, and saved views.
public sealed partial class AuditedRouteTests
{
    private IEnumerable<(string Route, string Action, Func<Task<(string Path, object? Body)>> Call)> DecidingCalls()
    {
        yield return ("POST /api/v1/job-views", "jobView.saved", () => At("job-views", new { name = "audited" }));
        yield return (
            "DELETE /api/v1/job-views/{id}",
            "jobView.deleted",
            async () =>
                await At($"job-views/{await ScalarAsync("SELECT id::text FROM job_views WHERE name = 'audited'")}")
        );
        yield return (
            "POST /api/v1/approvals/{id}/decide",
            "approval.decided",
            () => Asked("/decide", new { decision = "approve", revision = 1 })
        );
        yield return ("POST /api/v1/approvals/{id}/reassign", "approval.reassigned", ReassignAsync);
        yield return (
            "POST /api/v1/approvals/{id}/snooze",
            "approval.snoozed",
            () => Asked("/snooze", new { afterSeconds = 60 })
        );
        yield return ("POST /api/v1/approvals/{id}/ask", "approval.asked", () => Asked("/ask", new { text = "why" }));
        yield return (
            "POST /api/v1/approvals/{id}/answer",
            "approval.answered",
            () => Asked("/answer", new { text = "so" })
        );
        yield return ("POST /api/v1/approvals/{id}/undo", "approval.undone", UndoAsync);
        yield return ("POST /api/v1/approvals/decide", "approval.decided", TogetherAsync);
        yield return (
            "PUT /api/v1/approval-policies",
            "policy.created",
            () => At("approval-policies", new { agent = "audited", terms = new { required = 2 } })
        );
        yield return (
            "DELETE /api/v1/approval-policies/{id}",
            "policy.deleted",
            async () =>
                await At(
                    $"approval-policies/{await ScalarAsync("SELECT id::text FROM approval_policies WHERE agent = 'audited'")}"
                )
        );
        yield return (
            "POST /api/v1/approval-rules",
            "approvalRule.created",
            () =>
                At(
                    "approval-rules",
                    new
                    {
                        agent = "audited",
                        decision = "approve",
                        reason = "x",
                    }
                )
        );
        yield return (
            "DELETE /api/v1/approval-rules/{id}",
            "approvalRule.revoked",
            async () =>
                await At(
                    $"approval-rules/{await ScalarAsync("SELECT id::text FROM approval_rules WHERE agent = 'audited'")}"
                )
        );
        yield return (
            "POST /api/v1/bulk/{id:guid}/start",
            "bulk.started",
            () => BulkAsync("/start", new { reason = "x" })
        );
        yield return ("POST /api/v1/bulk/{id:guid}/abort", "bulk.aborted", () => BulkAsync("/abort"));
    }

    private async Task<(string, object?)> Asked(string rest, object body)
    {
        var (path, _) = await Job("waiting", "");
        var id = await ScalarAsync($"SELECT id::text FROM approvals WHERE job_id = '{path.Split('/')[1]}'");
        return ($"approvals/{id}{rest}", body);
    }

    private async Task<(string, object?)> ReassignAsync()
    {
        await BenAsync();
        return await Asked("/reassign", new { approvers = new[] { "Ben" } });
    }

    private async Task<(string, object?)> UndoAsync()
    {
        var (path, _) = await Asked("/decide", new { });
        await ScalarAsync($"UPDATE approvals SET grace = interval '5 minutes' WHERE id = '{path.Split('/')[1]}'");
        using var decided = await program.Admin.PostAsJsonAsync(path, new { decision = "approve", revision = 1 }, Now);
        decided.EnsureSuccessStatusCode();
        return (path.Replace("/decide", "/undo", StringComparison.Ordinal), null);
    }

    private async Task<(string, object?)> TogetherAsync()
    {
        var (path, _) = await Asked("", new { });
        return (
            "approvals/decide",
            new { decision = "approve", items = new[] { new { id = path.Split('/')[1], revision = 1 } } }
        );
    }

    /// <summary>A set of one job that is paused already: the action itself changes nothing.</summary>
    private async Task<(string, object?)> BulkAsync(string rest, object? body = null)
    {
        var (job, _) = await Job("paused", "");
        using var asked = await program.Admin.PostAsJsonAsync(
            "bulk",
            new { action = "pause", jobs = new[] { job.Split('/')[1] } },
            Now
        );
        var bulk = await asked.Content.ReadFromJsonAsync<JsonElement>(Now);
        return ($"bulk/{bulk.GetProperty("id").GetString()}{rest}", body);
    }
}
