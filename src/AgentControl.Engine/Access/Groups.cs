using System.Text.RegularExpressions;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>A group with its people, by name.</summary>
public sealed record GroupInfo(string Name, string Description, IReadOnlyList<GroupPerson> Members);

/// <summary>Somebody in a group, or who could be.</summary>
/// <param name="MayDecide">Has the approver role somewhere: without it a seat in a group decides nothing.</param>
/// <param name="IsDisabled">Cannot sign in, and decides nothing until an admin enables them.</param>
public sealed record GroupPerson(Guid Id, string Name, string Email, bool MayDecide, bool IsDisabled);

/// <summary>How a change of a group went.</summary>
public abstract record GroupOutcome
{
    private GroupOutcome() { }

    public sealed record Saved(GroupInfo Group, bool IsNew) : GroupOutcome;

    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : GroupOutcome;
}

/// <summary>Makes, changes and lists groups of people. Changes are for admins.</summary>
public sealed partial class Groups(IDbContextFactory<ControlDbContext> contexts, CallerDirectory directory)
{
    private const int MostMembers = 200;
    private const int LongestDescription = 500;

    public async Task<IReadOnlyList<GroupInfo>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(context, null, cancellationToken);
    }

    public async Task<GroupInfo?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return (await ReadAsync(context, name, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Everybody who could be in one, by name.</summary>
    public async Task<IReadOnlyList<GroupPerson>> PeopleAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await Candidates(context, context.Users.OrderBy(p => p.DisplayName).ThenBy(p => p.Id))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Makes a group, or changes what it is for and who is in it.</summary>
    public async Task<GroupOutcome> SaveAsync(
        Caller who,
        string name,
        string? description,
        IReadOnlyCollection<Guid> members,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var errors = await CheckAsync(context, name, description, members, cancellationToken);
        if (errors.Count > 0)
            return new GroupOutcome.Invalid(errors);
        var text = description?.Trim() ?? "";
        var isNew = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var before = (await ReadAsync(context, name, cancellationToken)).SingleOrDefault();
                await context.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO groups (name, description, created_at) VALUES ({name}, {text}, ac_now())
                    ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description
                    """,
                    cancellationToken
                );
                var ids = members.Distinct().ToArray();
                await context.Database.ExecuteSqlAsync(
                    $"DELETE FROM group_members WHERE group_name = {name} AND person_id <> ALL({ids})",
                    cancellationToken
                );
                await context.Database.ExecuteSqlAsync(
                    $"INSERT INTO group_members (group_name, person_id) SELECT {name}, unnest({ids}) ON CONFLICT DO NOTHING",
                    cancellationToken
                );
                var after = (await ReadAsync(context, name, cancellationToken)).Single();
                var entry = new AuditEntry(
                    who.Actor,
                    before is null ? "group.created" : "group.changed",
                    $"group:{name}"
                )
                {
                    TargetName = name,
                    Before = Told(before),
                    After = Told(after),
                };
                await context.AppendAsync(entry, cancellationToken);
                return before is null;
            },
            cancellationToken
        );
        directory.Forget();
        return new GroupOutcome.Saved((await FindAsync(name, cancellationToken))!, isNew);
    }

    /// <summary>Questions that name it can be decided by admins only, until they are reassigned. False where there is none.</summary>
    public async Task<bool> DeleteAsync(Caller who, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await AccessChange.RunAsync(
            context,
            async () =>
            {
                if ((await ReadAsync(context, name, cancellationToken)).SingleOrDefault() is not { } before)
                    return false;
                await context.Database.ExecuteSqlAsync($"DELETE FROM groups WHERE name = {name}", cancellationToken);
                var entry = new AuditEntry(who.Actor, "group.deleted", $"group:{name}")
                {
                    TargetName = name,
                    Before = Told(before),
                };
                await context.AppendAsync(entry, cancellationToken);
                return true;
            },
            cancellationToken
        );
        directory.Forget();
        return known;
    }

    private static object? Told(GroupInfo? group) =>
        group is null ? null : new { group.Description, Members = group.Members.Select(m => m.Name).ToArray() };

    private static IQueryable<GroupPerson> Candidates(ControlDbContext context, IQueryable<Person> people) =>
        people
            .AsNoTracking()
            .Select(p => new GroupPerson(
                p.Id,
                p.DisplayName,
                p.Email ?? "",
                p.DisabledAt == null
                    && context
                        .Set<Grant>()
                        .Any(g =>
                            g.PrincipalKind == "person"
                            && g.PrincipalId == p.Id
                            && (g.Role == "approver" || g.Role == "admin")
                        ),
                p.DisabledAt != null
            ));

    private static async Task<List<GroupInfo>> ReadAsync(
        ControlDbContext context,
        string? only,
        CancellationToken cancellationToken
    )
    {
        var groups = await context
            .Set<Group>()
            .AsNoTracking()
            .Where(g => only == null || g.Name == only)
            .OrderBy(g => g.Name)
            .ToListAsync(cancellationToken);
        var names = groups.ConvertAll(g => g.Name);
        var seats = await context
            .Set<GroupMember>()
            .AsNoTracking()
            .Where(m => names.Contains(m.GroupName))
            .ToListAsync(cancellationToken);
        var ids = seats.Select(s => s.PersonId).Distinct().ToList();
        var known = await Candidates(context, context.Users.Where(p => ids.Contains(p.Id)))
            .ToDictionaryAsync(p => p.Id, cancellationToken);
        var byGroup = seats.ToLookup(s => s.GroupName, s => s.PersonId, StringComparer.Ordinal);
        return groups.ConvertAll(g => new GroupInfo(
            g.Name,
            g.Description,
            [.. byGroup[g.Name].Select(id => known[id]).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)]
        ));
    }

    private static async Task<Dictionary<string, string[]>> CheckAsync(
        ControlDbContext context,
        string name,
        string? description,
        IReadOnlyCollection<Guid> members,
        CancellationToken cancellationToken
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!GroupName().IsMatch(name))
            errors["name"] = ["Use a-z, 0-9, '-', '_' and '.', starting with a letter; at most 60 characters."];
        else if (await IsPersonAsync(context, name, cancellationToken))
            errors["name"] = ["A person has this name. Choose another, so that everybody knows who is meant."];
        if (description?.Length > LongestDescription)
            errors["description"] = [$"Use at most {LongestDescription} characters."];
        if (description?.Any(c => char.IsControl(c) && c is not '\n' and not '\r') == true)
            errors["description"] = ["It has characters that cannot be shown. Remove them."];
        if (members.Count > MostMembers)
            errors["members"] = [$"At most {MostMembers} people fit into a group. Make two."];
        var ids = members.Distinct().ToList();
        var found = await context.Users.CountAsync(p => ids.Contains(p.Id), cancellationToken);
        if (found < ids.Count)
            errors["members"] = ["Somebody in the list does not exist. GET /api/v1/people lists everybody."];
        return errors;
    }

#pragma warning disable CA1304, CA1311, CA1862, MA0011, RCS1155 // translated to lower() in SQL
    private static Task<bool> IsPersonAsync(
        ControlDbContext context,
        string name,
        CancellationToken cancellationToken
    ) => context.Users.AnyAsync(p => p.DisplayName.ToLower() == name, cancellationToken);
#pragma warning restore CA1304, CA1311, CA1862, MA0011, RCS1155

    [GeneratedRegex("^[a-z][a-z0-9._-]{0,59}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex GroupName();
}
