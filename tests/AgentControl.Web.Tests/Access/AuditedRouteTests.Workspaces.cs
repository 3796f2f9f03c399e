namespace AgentControl.Web.Tests.Access;

// Workspaces, their files and comments.
public sealed partial class AuditedRouteTests
{
    private IEnumerable<(string Route, string Action, Func<Task<(string Path, object? Body)>> Call)> WorkspaceCalls()
    {
        yield return ("PUT /api/v1/workspaces/{ws}", "workspace.created", () => At("workspaces/audited"));
        yield return (
            "POST /api/v1/workspaces/{ws}/comments",
            "comment.added",
            () => At("workspaces/default/comments", new { body = "x" })
        );
        yield return (
            "PUT /api/v1/workspaces/{ws}/files/{**path}",
            "file.written",
            () => At("workspaces/default/files/a.txt", "one")
        );
        yield return (
            "POST /api/v1/workspaces/{ws}/versions/{**path}",
            "file.written",
            async () =>
            {
                using var two = await program.Admin.PutAsync(
                    "workspaces/default/files/a.txt",
                    new StringContent("two"),
                    Now
                );
                return ("workspaces/default/versions/a.txt?version=1", null);
            }
        );
        yield return (
            "PUT /api/v1/workspaces/{ws}/quota",
            "workspace.quotaChanged",
            () => At("workspaces/audited/quota", new { maxFiles = 5 })
        );
        yield return (
            "DELETE /api/v1/workspaces/{ws}/files/{**path}",
            "file.deleted",
            () => At("workspaces/default/files/a.txt")
        );
        yield return (
            "POST /api/v1/workspaces/{ws}/bin/{**path}",
            "file.restored",
            () => At("workspaces/default/bin/a.txt")
        );
        yield return (
            "DELETE /api/v1/workspaces/{ws}/bin",
            "bin.emptied",
            async () =>
            {
                using var deleted = await program.Admin.DeleteAsync("workspaces/default/files/a.txt", Now);
                return ("workspaces/default/bin", null);
            }
        );
    }
}
