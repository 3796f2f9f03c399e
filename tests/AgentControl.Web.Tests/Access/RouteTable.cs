using AgentControl.Engine.Access;

namespace AgentControl.Web.Tests.Access;

/// <summary>Every route of the program with the least role that it takes. A new route must be listed here.</summary>
internal static class RouteTable
{
    private const string Lines = """
        anyone ANY /health/live
        anyone ANY /health/ready
        anyone GET /scalar/favicon.svg
        anyone GET /scalar/scalar.aspnetcore.js
        anyone GET /scalar/scalar.js
        anyone GET /.well-known/oauth-protected-resource
        anyone GET /.well-known/oauth-protected-resource/mcp
        anyone GET /display
        anyone GET /invite
        anyone GET /setup
        anyone GET /signin
        anyone GET /signout
        anyone POST /display
        anyone POST /api/v1/slack/actions
        anyone POST /invite
        anyone POST /setup
        anyone POST /signin
        anyone POST /signout

        admin ANY /hangfire/{**path}
        admin DELETE /api/v1/agents/{name}
        admin DELETE /api/v1/approval-policies/{id}
        admin DELETE /api/v1/approval-rules/{id}
        admin DELETE /api/v1/groups/{name}
        admin DELETE /api/v1/keys/{id:guid}
        admin GET /agents/new
        admin GET /agents/{Name}/edit
        admin GET /api/v1/approval-policies
        admin GET /api/v1/approval-rules
        admin GET /api/v1/audit
        admin GET /api/v1/audit/export
        admin GET /api/v1/audit/verify
        admin GET /audit
        admin POST /audit
        admin GET /api/v1/groups
        admin GET /api/v1/groups/{name}
        admin GET /api/v1/keys
        admin GET /api/v1/notifications/channels
        admin PUT /api/v1/notifications/channels/{name}
        admin DELETE /api/v1/notifications/channels/{name}
        admin GET /api/v1/notifications/rules
        admin POST /api/v1/notifications/rules
        admin PUT /api/v1/notifications/rules/{id:guid}
        admin DELETE /api/v1/notifications/rules/{id:guid}
        admin GET /api/v1/notifications/deliveries
        admin DELETE /api/v1/invitations/{id:guid}
        admin DELETE /api/v1/people/{id:guid}
        admin GET /api/v1/invitations
        admin GET /api/v1/people
        admin GET /api/v1/people/{id:guid}
        admin GET /first-steps
        admin POST /first-steps
        admin GET /settings/about
        admin GET /settings/roles
        admin GET /settings/users
        admin GET /settings/workspaces
        admin GET /settings/workspaces/{Name}
        admin POST /settings/workspaces
        admin POST /settings/workspaces/{Name}
        admin PATCH /api/v1/people/{id:guid}
        admin POST /api/v1/invitations
        admin POST /api/v1/people/{id:guid}/password-link
        admin POST /settings/about
        admin POST /settings/roles
        admin POST /settings/users
        admin GET /settings/groups
        admin GET /settings/keys
        admin GET /settings/notifications
        admin GET /settings/policies
        admin POST /agents/new
        admin POST /agents/{Name}/edit
        admin POST /api/v1/approval-rules
        admin POST /api/v1/keys
        admin POST /api/v1/mcp-servers/{name}/accept
        admin POST /api/v1/notifications/channels/{name}/test
        admin POST /api/v1/notifications/deliveries/{id}/resend
        admin POST /api/v1/services/{name}/block
        admin POST /api/v1/services/{name}/reset
        admin POST /api/v1/services/{name}/test
        admin POST /settings/groups
        admin POST /settings/keys
        admin POST /settings/notifications
        admin POST /settings/policies
        admin PUT /api/v1/agents/{name}
        admin PUT /api/v1/approval-policies
        admin PUT /api/v1/groups/{name}
        admin PUT /api/v1/workspaces/{ws}
        admin DELETE /api/v1/workspaces/{ws}/bin
        admin PUT /api/v1/workspaces/{ws}/quota

        approver POST /api/v1/approvals/decide
        approver POST /api/v1/approvals/{id}/ask
        approver POST /api/v1/approvals/{id}/decide
        approver POST /api/v1/approvals/{id}/reassign
        approver POST /api/v1/approvals/{id}/snooze
        approver POST /api/v1/approvals/{id}/undo

        # SkipWait asks for more inside: an admin of the job's workspace.
        operator POST /api/v1/approvals/{id}/answer
        operator PUT /api/v1/hold
        operator GET /api/v1/bulk/{id:guid}
        operator GET /api/v1/bulk/{id:guid}/items
        operator POST /api/v1/bulk
        operator POST /api/v1/bulk/{id:guid}/abort
        operator POST /api/v1/bulk/{id:guid}/start
        operator POST /api/v1/failures/retry
        operator POST /api/v1/failures/{id:guid}/ignore
        operator POST /api/v1/failures/{id:guid}/reopen
        operator POST /api/v1/failures/{id:guid}/resolve
        operator POST /api/v1/failures/{id:guid}/retry
        operator GET /jobs/bulk/{Id:guid}
        operator POST /jobs/bulk/{Id:guid}
        operator DELETE /api/v1/agents/{name}/notes/{**note}
        operator POST /api/v1/jobs/{id}/skip-wait
        operator DELETE /api/v1/workspaces/{ws}/files/{**path}
        operator GET /jobs/new
        operator PATCH /api/v1/jobs/{id}
        operator POST /api/v1/jobs
        operator POST /api/v1/jobs/batch
        operator POST /api/v1/jobs/{id}/cancel
        operator POST /api/v1/jobs/{id}/comments
        operator POST /api/v1/jobs/{id}/force-stop
        operator POST /api/v1/jobs/{id}/fork
        operator POST /api/v1/jobs/{id}/pause
        operator POST /api/v1/jobs/{id}/resume
        operator POST /api/v1/jobs/{id}/retry
        operator POST /api/v1/jobs/{id}/retry-now
        operator POST /api/v1/jobs/{id}/run-now
        operator POST /api/v1/jobs/{id}/signals/{name}
        operator DELETE /api/v1/schedules/{name}
        operator GET /schedules
        operator GET /schedules/new
        operator GET /schedules/{Name}
        operator GET /schedules/{Name}/edit
        operator POST /api/v1/schedules/{name}/pause
        operator POST /api/v1/schedules/{name}/resume
        operator POST /api/v1/schedules/{name}/run
        operator POST /schedules
        operator POST /schedules/new
        operator POST /schedules/{Name}
        operator POST /schedules/{Name}/edit
        operator PUT /api/v1/schedules/{name}
        operator POST /api/v1/workspaces/{ws}/bin/{**path}
        operator POST /api/v1/workspaces/{ws}/comments
        operator POST /api/v1/workspaces/{ws}/versions/{**path}
        operator POST /jobs/new
        operator PUT /api/v1/agents/{name}/notes/{**note}
        operator PUT /api/v1/jobs/{id}/checkpoints/{**key}
        operator PUT /api/v1/queues/{name}
        operator PUT /api/v1/workers/{name}
        operator DELETE /api/v1/workers/{name}
        operator PUT /api/v1/workspaces/{ws}/files/{**path}

        # The circuit of the wall; every other page in it asks for more by itself.
        display ANY /_blazor
        display ANY /_blazor/disconnect
        display ANY /_blazor/initializers
        display ANY /_blazor/negotiate
        display GET /wall
        display POST /wall

        # Each of its tools asks for its own role: ToolTable.
        viewer POST /mcp
        viewer GET /mcp
        viewer DELETE /mcp
        viewer ANY /hubs/live
        viewer ANY /hubs/live/negotiate
        viewer GET /
        viewer GET /_framework/opaque-redirect
        viewer GET /a/{Id:guid}
        viewer GET /agents
        viewer GET /agents/{Agent}/new-note
        viewer GET /agents/{Agent}/notes/{**Name}
        viewer GET /agents/{Name}
        viewer GET /api/v1/agents
        viewer GET /api/v1/agents/{name}
        viewer GET /api/v1/agents/{name}/notes
        viewer GET /api/v1/agents/{name}/notes/{**note}
        viewer GET /api/v1/agents/{name}/notes/{note}/versions
        viewer GET /api/v1/agents/{name}/notes/{note}/versions/{version}
        viewer GET /api/v1/agents/{name}/versions
        viewer GET /api/v1/approvals
        viewer GET /api/v1/approvals/{id}
        viewer GET /api/v1/failures
        viewer GET /api/v1/failures/{id:guid}
        viewer GET /api/v1/failures/{id:guid}/jobs
        viewer GET /failures
        viewer GET /failures/{Id:guid}
        viewer GET /jobs/compare
        viewer POST /failures
        viewer POST /failures/{Id:guid}
        viewer POST /jobs/compare
        viewer GET /api/v1/jobs
        viewer GET /api/v1/jobs/counts
        viewer GET /api/v1/jobs/{id}
        viewer GET /api/v1/jobs/{id}/checkpoints
        viewer GET /api/v1/jobs/{id}/checkpoints/{**key}
        viewer GET /api/v1/jobs/{id}/comments
        viewer GET /api/v1/jobs/{id}/events
        viewer GET /api/v1/jobs/{id}/progress
        viewer GET /api/v1/jobs/{id}/standing
        viewer GET /api/v1/jobs/{id}/steps
        viewer GET /api/v1/jobs/{id}/steps/{**key}
        viewer GET /api/v1/mcp-servers
        viewer GET /api/v1/queues
        viewer GET /api/v1/notifications
        viewer GET /api/v1/notifications/digest
        viewer PUT /api/v1/notifications/digest
        viewer DELETE /api/v1/notifications/digest
        viewer POST /api/v1/notifications/read
        viewer POST /api/v1/notifications/{id:guid}/read
        viewer GET /notifications
        viewer POST /notifications
        viewer GET /api/v1/schedules
        viewer GET /api/v1/schedules/preview
        viewer GET /api/v1/schedules/{name}
        viewer GET /api/v1/schedules/{name}/runs
        viewer GET /api/v1/metrics/jobs
        viewer GET /api/v1/metrics/series
        viewer GET /api/v1/metrics/summary
        viewer GET /api/v1/services
        viewer GET /api/v1/services/{name}
        viewer GET /api/v1/workers
        viewer GET /api/v1/workspaces
        viewer GET /api/v1/workspaces/{ws}/activity
        viewer GET /api/v1/workspaces/{ws}/comments
        viewer GET /api/v1/workspaces/{ws}/names
        viewer GET /api/v1/workspaces/{ws}/files
        viewer GET /api/v1/workspaces/{ws}/files/{**path}
        viewer GET /api/v1/workspaces/{ws}/versions/{**path}
        viewer GET /api/v1/workspaces/{ws}/zip/{**folder}
        viewer GET /api/v1/workspaces/{ws}/quota
        viewer GET /approvals
        viewer GET /approvals/{Id:guid}
        viewer GET /api/v1/hold
        viewer GET /api/v1/job-views
        viewer POST /api/v1/job-views
        viewer DELETE /api/v1/job-views/{id}
        viewer GET /jobs
        viewer GET /queues
        viewer GET /jobs/{Id}
        viewer GET /jobs/{Id}/{Tab}
        viewer GET /mcp-servers
        viewer ANY /metrics
        viewer GET /not-found
        viewer GET /openapi/{documentName}.json
        viewer GET /scalar/{documentName?}
        viewer GET /services
        viewer GET /settings/profile
        viewer GET /trends
        viewer GET /services/{Name}
        viewer GET /workspace/{**Rest}
        viewer GET /{**path:file}
        viewer HEAD /api/v1/workspaces/{ws}/files/{**path}
        viewer HEAD /{**path:file}
        viewer POST /
        viewer POST /a/{Id:guid}
        viewer POST /agents
        viewer POST /agents/{Agent}/new-note
        viewer POST /agents/{Agent}/notes/{**Name}
        viewer POST /agents/{Name}
        viewer POST /approvals
        viewer POST /approvals/{Id:guid}
        viewer POST /jobs
        viewer POST /queues
        viewer POST /jobs/{Id}
        viewer POST /jobs/{Id}/{Tab}
        viewer POST /mcp-servers
        viewer POST /not-found
        viewer POST /services
        viewer POST /settings/profile
        viewer POST /trends
        viewer POST /services/{Name}
        viewer POST /workspace/{**Rest}
        """;

    /// <summary>By method and pattern; null means anyone.</summary>
    public static IReadOnlyDictionary<string, Role?> All { get; } =
        Lines
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .ToDictionary(parts => parts[1], parts => Least(parts[0]), StringComparer.Ordinal);

    private static Role? Least(string word) =>
        word == "anyone"
            ? null
            : RoleNames.Parse(word) ?? throw new InvalidOperationException($"No such role: {word}.");
}
