using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>A person as admins see them.</summary>
/// <param name="Role">In all workspaces; null where they have none there.</param>
/// <param name="Elsewhere">The roles in single workspaces.</param>
/// <param name="MayDecide">Has the approver role somewhere: without it a seat in a group decides nothing.</param>
/// <param name="DisabledAt">Since when nobody gets in as them; null while they may.</param>
public sealed record PersonInfo(
    Guid Id,
    string Name,
    string Email,
    bool MayDecide,
    Role? Role,
    IReadOnlyDictionary<string, Role> Elsewhere,
    IReadOnlyList<string> Groups,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? DisabledAt
);

/// <summary>Reads who there is.</summary>
public sealed class PeopleQueries(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>Everybody, by name.</summary>
    public Task<IReadOnlyList<PersonInfo>> ListAsync(CancellationToken cancellationToken) =>
        ReadAsync(null, cancellationToken);

    public async Task<PersonInfo?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).SingleOrDefault();

    private async Task<IReadOnlyList<PersonInfo>> ReadAsync(Guid? only, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var people = await context
            .Users.AsNoTracking()
            .Where(p => only == null || p.Id == only)
            .OrderBy(p => p.DisplayName)
            .ThenBy(p => p.Id)
            .ToListAsync(cancellationToken);
        var grants = (
            await context
                .Set<Grant>()
                .AsNoTracking()
                .Where(g => g.PrincipalKind == "person" && (only == null || g.PrincipalId == only))
                .ToListAsync(cancellationToken)
        ).ToLookup(g => g.PrincipalId);
        var seats = (
            await context
                .Set<GroupMember>()
                .AsNoTracking()
                .Where(m => only == null || m.PersonId == only)
                .OrderBy(m => m.GroupName)
                .ToListAsync(cancellationToken)
        ).ToLookup(m => m.PersonId, m => m.GroupName);
        return people.ConvertAll(person => Of(person, [.. grants[person.Id]], [.. seats[person.Id]]));
    }

    private static PersonInfo Of(Person person, IReadOnlyList<Grant> grants, IReadOnlyList<string> groups)
    {
        var roles = grants.ToDictionary(g => g.Workspace, g => RoleNames.Parse(g.Role)!.Value, StringComparer.Ordinal);
        Role? everywhere = roles.Remove(Caller.Everywhere, out var role) ? role : null;
        return new(
            person.Id,
            person.DisplayName,
            person.Email ?? "",
            person.DisabledAt is null && (everywhere >= Role.Approver || roles.Values.Any(r => r >= Role.Approver)),
            everywhere,
            roles,
            groups,
            person.CreatedAt,
            person.LastSeenAt,
            person.DisabledAt
        );
    }
}
