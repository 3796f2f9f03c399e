using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Adds people and changes what they may do. Admins only.</summary>
public sealed class People(ControlDbContext context, UserManager<Person> people, CallerDirectory directory)
{
    /// <summary>The new person's id, without any role yet; or why it could not be.</summary>
    public async Task<(Guid? Id, IReadOnlyList<IdentityError> Errors)> AddAsync(
        Caller who,
        NewPerson person,
        CancellationToken cancellationToken
    )
    {
        who.Require(Role.Admin, Caller.Everywhere);
        return await AccessChange.RunAsync<(Guid?, IReadOnlyList<IdentityError>)>(
            context,
            async () =>
            {
                var row = await person.ToRowAsync(context, cancellationToken);
                var result = await people.CreateAsync(row, person.Password);
                if (!result.Succeeded)
                    return (null, [.. result.Errors]);
                var entry = new AuditEntry(who.Actor, "person.created", $"person:{row.Id}")
                {
                    TargetName = row.DisplayName,
                    After = new { row.Email },
                };
                await context.AppendAsync(entry, cancellationToken);
                return (row.Id, []);
            },
            cancellationToken
        );
    }

    /// <summary>Sets the person's role in a workspace, or everywhere; null takes it away. False for the last admin.</summary>
    public async Task<bool> GrantAsync(
        Caller who,
        Guid person,
        string workspace,
        Role? role,
        CancellationToken cancellationToken
    )
    {
        who.Require(Role.Admin, Caller.Everywhere);
        var done = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var grants = context.Set<Grant>().Where(g => g.PrincipalKind == "person");
                var old = await grants.SingleOrDefaultAsync(
                    g => g.PrincipalId == person && g.Workspace == workspace,
                    cancellationToken
                );
                var before = old?.Role;
                var others = await grants.AnyAsync(
                    g => g.PrincipalId != person && g.Workspace == Caller.Everywhere && g.Role == "admin",
                    cancellationToken
                );
                if (before == "admin" && workspace == Caller.Everywhere && role != Role.Admin && !others)
                    return false;
                Apply(old, person, workspace, role);
                await context.SaveChangesAsync(cancellationToken);
                var entry = new AuditEntry(who.Actor, "grant.changed", $"person:{person}")
                {
                    Before = new { workspace, role = before },
                    After = new { workspace, role },
                };
                await context.AppendAsync(entry, cancellationToken);
                return true;
            },
            cancellationToken
        );
        directory.Forget();
        return done;
    }

    private void Apply(Grant? old, Guid person, string workspace, Role? role)
    {
        if (old is not null && role is null)
        {
            context.Remove(old);
        }
        else if (old is not null)
        {
            old.Role = RoleNames.Name(role!.Value);
        }
        else if (role is { } given)
        {
            var grant = new Grant
            {
                PrincipalKind = "person",
                PrincipalId = person,
                Workspace = workspace,
                Role = RoleNames.Name(given),
            };
            context.Add(grant);
        }
    }
}
