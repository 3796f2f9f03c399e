using System.Diagnostics.CodeAnalysis;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>What every change of a file needs from its request: the checked name, who, under which id, and what is expected.</summary>
internal sealed record FileChange(WorkspacePath Path, Author By, Guid Id, FileExpectation Expect)
{
    public static bool TryRead(
        HttpContext context,
        string workspace,
        string? path,
        string verb,
        TimeProvider time,
        [NotNullWhen(true)] out FileChange? change,
        [NotNullWhen(false)] out ProblemHttpResult? problem
    )
    {
        change = null;
        if (!WorkspacePath.TryParse(path, out var name, out var wrong))
        {
            problem = Problems.BadField("path", wrong);
            return false;
        }
        if (!FileConditions.TryRead(context.Request, out var expect, out var header))
        {
            problem = Problems.BadField(
                header,
                "Send the ETags of the file in quotes, or *; If-None-Match takes * alone."
            );
            return false;
        }
        var caller = context.User.RequireCaller();
        // What the key wrote before is told by the contents' own hash.
        (var key, problem) = Idempotency.Read(context.Request, caller, []);
        if (problem is not null)
            return false;
        change = new FileChange(
            name,
            caller.ToAuthor(),
            WorkspaceCallers.WriteId(caller, key?.Key, $"{verb} {workspace} {name}", time),
            expect
        );
        return true;
    }
}
