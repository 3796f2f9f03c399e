using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Access;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>Callers as authors, and the ids of what they write.</summary>
internal static class WorkspaceCallers
{
    public static Author ToAuthor(this Caller caller) =>
        caller.Kind switch
        {
            CallerKind.Person => Author.Person(caller.Display) with { Actor = caller.Actor },
            CallerKind.Job => Author.Agent(caller.Display),
            CallerKind.ApiKey => Author.Program(caller.Display) with { Actor = caller.Actor },
            _ => Author.Program(caller.Display),
        };

    /// <summary>The same key of the same caller for the same thing is the same write; without a key each call is a new one.</summary>
    public static Guid WriteId(Caller caller, string? idempotencyKey, string what, TimeProvider time)
    {
        if (string.IsNullOrEmpty(idempotencyKey))
            return Guid.CreateVersion7(time.GetUtcNow());
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Actor.Id}\n{what}\n{idempotencyKey}"));
        return new Guid(hash.AsSpan(0, 16));
    }
}
