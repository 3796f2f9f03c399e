using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Who could let people in again.</summary>
internal static class Admins
{
    /// <summary>True where this is an admin who may sign in, and no other one is. Ask it behind the lock of <see cref="AccessChange"/>.</summary>
    public static async Task<bool> IsLastAsync(
        ControlDbContext context,
        Guid person,
        CancellationToken cancellationToken
    )
    {
        var admins = context
            .Set<Grant>()
            .Where(g => g.PrincipalKind == "person" && g.Workspace == Caller.Everywhere && g.Role == "admin")
            .Join(context.Users.Where(p => p.DisabledAt == null), g => g.PrincipalId, p => p.Id, (_, p) => p.Id);
        return await admins.ContainsAsync(person, cancellationToken)
            && !await admins.AnyAsync(id => id != person, cancellationToken);
    }
}
