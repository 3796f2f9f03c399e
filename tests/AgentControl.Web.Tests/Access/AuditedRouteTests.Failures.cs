namespace AgentControl.Web.Tests.Access;

// Groups of failures.
public sealed partial class AuditedRouteTests
{
    private const string Group = "0199a0a0-0000-7000-8000-0000000000f1";

    private IEnumerable<(string Route, string Action, Func<Task<(string Path, object? Body)>> Call)> FailureCalls()
    {
        yield return (
            "POST /api/v1/failures/{id:guid}/resolve",
            "failure.resolved",
            async () =>
            {
                await ScalarAsync(
                    $"""
                    INSERT INTO failure_groups (id, workspace, fingerprint, agent, type, title, example, count, first_seen_at, last_seen_at, status)
                    VALUES ('{Group}', 'default', 'f', 'a', 't', 'Broke', 'Broke', 1, now(), now(), 'unresolved') ON CONFLICT DO NOTHING
                    """
                );
                return ($"failures/{Group}/resolve", new { comment = "fixed" });
            }
        );
        yield return (
            "POST /api/v1/failures/{id:guid}/ignore",
            "failure.ignored",
            () => At($"failures/{Group}/ignore", new { until = DateTimeOffset.UtcNow.AddDays(1) })
        );
        yield return (
            "POST /api/v1/failures/{id:guid}/reopen",
            "failure.reopened",
            () => At($"failures/{Group}/reopen")
        );
    }
}
