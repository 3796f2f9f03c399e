using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>How a change of a person went.</summary>
public enum PersonOutcome
{
    Done,
    NotFound,

    /// <summary>Nobody else could let anybody in again.</summary>
    LastAdmin,
}

/// <summary>Adds people, changes what they may do, and takes them away. Admins only.</summary>
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
        var outcome = await ChangeAsync(
            who,
            person,
            async row =>
            {
                var old = await context
                    .Set<Grant>()
                    .SingleOrDefaultAsync(
                        g => g.PrincipalKind == "person" && g.PrincipalId == person && g.Workspace == workspace,
                        cancellationToken
                    );
                var before = old?.Role;
                if (before == (role is { } same ? RoleNames.Name(same) : null))
                    return PersonOutcome.Done;
                if (
                    before == "admin"
                    && workspace == Caller.Everywhere
                    && await Admins.IsLastAsync(context, person, cancellationToken)
                )
                    return PersonOutcome.LastAdmin;
                Apply(old, person, workspace, role);
                await context.SaveChangesAsync(cancellationToken);
                var entry = new AuditEntry(who.Actor, "grant.changed", $"person:{person}")
                {
                    TargetName = row.DisplayName,
                    Before = new { workspace, role = before },
                    After = new { workspace, role },
                };
                await context.AppendAsync(entry, cancellationToken);
                return PersonOutcome.Done;
            },
            cancellationToken
        );
        return outcome == PersonOutcome.Done;
    }

    /// <summary>Stops all sign-ins and keys of a person at once, or lets them in again by new sign-ins.</summary>
    public Task<PersonOutcome> SwitchAsync(
        Caller who,
        Guid person,
        bool enabled,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            who,
            person,
            async row =>
            {
                if (row.DisabledAt is null == enabled)
                    return PersonOutcome.Done;
                if (!enabled && await Admins.IsLastAsync(context, person, cancellationToken))
                    return PersonOutcome.LastAdmin;
                await context.Database.ExecuteSqlAsync(
                    $"UPDATE users SET disabled_at = CASE WHEN {enabled} THEN NULL ELSE ac_now() END WHERE id = {person}",
                    cancellationToken
                );
                var ended = enabled ? 0 : await SignIns.EndAllAsync(context, person, null, cancellationToken);
                var entry = new AuditEntry(
                    who.Actor,
                    enabled ? "person.enabled" : "person.disabled",
                    $"person:{person}"
                )
                {
                    TargetName = row.DisplayName,
                    After = enabled ? null : new { EndedSignIns = ended },
                };
                await context.AppendAsync(entry, cancellationToken);
                return PersonOutcome.Done;
            },
            cancellationToken
        );

    /// <summary>The person, their keys, seats and roles go. What they did keeps their name.</summary>
    public Task<PersonOutcome> DeleteAsync(Caller who, Guid person, CancellationToken cancellationToken) =>
        ChangeAsync(
            who,
            person,
            async row =>
            {
                if (await Admins.IsLastAsync(context, person, cancellationToken))
                    return PersonOutcome.LastAdmin;
                var grants = await context
                    .Set<Grant>()
                    .AsNoTracking()
                    .Where(g => g.PrincipalKind == "person" && g.PrincipalId == person)
                    .Select(g => new { g.Workspace, g.Role })
                    .ToListAsync(cancellationToken);
                await context.Database.ExecuteSqlAsync(
                    $"""
                    WITH theirs AS (SELECT {person}::uuid AS id UNION SELECT id FROM api_keys WHERE owner_id = {person})
                    DELETE FROM grants g USING theirs WHERE g.principal_id = theirs.id
                    """,
                    cancellationToken
                );
                await context.Database.ExecuteSqlAsync($"DELETE FROM users WHERE id = {person}", cancellationToken);
                var entry = new AuditEntry(who.Actor, "person.deleted", $"person:{person}")
                {
                    TargetName = row.DisplayName,
                    Before = new { row.Email, Roles = grants },
                };
                await context.AppendAsync(entry, cancellationToken);
                return PersonOutcome.Done;
            },
            cancellationToken
        );

    private async Task<PersonOutcome> ChangeAsync(
        Caller who,
        Guid person,
        Func<Person, Task<PersonOutcome>> change,
        CancellationToken cancellationToken
    )
    {
        who.Require(Role.Admin, Caller.Everywhere);
        var outcome = await AccessChange.RunAsync(
            context,
            async () =>
                await context.Users.AsNoTracking().SingleOrDefaultAsync(p => p.Id == person, cancellationToken)
                    is { } row
                    ? await change(row)
                    : PersonOutcome.NotFound,
            cancellationToken
        );
        directory.Forget();
        return outcome;
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
