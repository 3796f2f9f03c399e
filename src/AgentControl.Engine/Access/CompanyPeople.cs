using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>What the company's provider says about somebody who signed in there.</summary>
/// <param name="Issuer">The provider; with the subject it is one account for ever.</param>
/// <param name="Email">Null where the provider has not verified it: an address that anybody can claim is none.</param>
/// <param name="Role">The role that their claims stand for; null where they stand for none.</param>
/// <param name="Groups">The groups that they are in; null where the provider is not asked for groups.</param>
public sealed record CompanyAccount(
    string Issuer,
    string Subject,
    string? Name,
    string? Email,
    Role? Role,
    IReadOnlyList<string>? Groups
);

/// <summary>Why an account lets nobody in.</summary>
public enum CompanyRefusal
{
    /// <summary>Nobody here has this account.</summary>
    Unknown,

    /// <summary>The provider has verified no address of it, so it can be nobody's.</summary>
    Unverified,
    Disabled,
}

/// <summary>Whom an account lets in, or why it does not.</summary>
public sealed record CompanyOutcome(Guid? Person, CompanyRefusal? Refusal);

/// <summary>Finds the person of a company account by its subject, and takes over what the provider says about role and groups.</summary>
public sealed class CompanyPeople(ControlDbContext context, UserManager<Person> people, CallerDirectory directory)
{
    /// <param name="provision">Makes a person for an account that nobody has yet.</param>
    /// <param name="usual">The role of a new person whose claims stand for none.</param>
    public async Task<CompanyOutcome> EnterAsync(
        CompanyAccount account,
        bool provision,
        Role? usual,
        string? from,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(account);
        var outcome = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var (person, refusal) = await FindOrMakeAsync(account, provision, from, cancellationToken);
                if (person is null)
                    return new CompanyOutcome(null, refusal);
                if (person.DisabledAt is not null)
                    return new CompanyOutcome(null, CompanyRefusal.Disabled);
                var who = new Actor($"person:{person.Id}", person.DisplayName, from, person.Id);
                await TakeRoleAsync(person, account.Role, usual, who, cancellationToken);
                if (account.Groups is { } groups)
                    await TakeGroupsAsync(person, [.. groups], who, cancellationToken);
                return new CompanyOutcome(person.Id, null);
            },
            cancellationToken
        );
        directory.Forget();
        return outcome;
    }

    private async Task<(Person? Person, CompanyRefusal? Refusal)> FindOrMakeAsync(
        CompanyAccount account,
        bool provision,
        string? from,
        CancellationToken cancellationToken
    )
    {
        if (await people.FindByLoginAsync(account.Issuer, account.Subject) is { } known)
            return (known, null);
        var person = account.Email is { } email ? await people.FindByEmailAsync(email) : null;
        if (person is null)
        {
            if (!provision)
                return (null, CompanyRefusal.Unknown);
            if (account.Email is null)
                return (null, CompanyRefusal.Unverified);
            person = await MakeAsync(account, account.Email, cancellationToken);
        }
        var linked = await people.AddLoginAsync(
            person,
            new UserLoginInfo(account.Issuer, account.Subject, account.Issuer)
        );
        if (!linked.Succeeded)
            throw new InvalidOperationException(linked.Errors.First().Description);
        var who = new Actor($"person:{person.Id}", person.DisplayName, from, person.Id);
        var entry = new AuditEntry(who, "person.companyLinked", $"person:{person.Id}")
        {
            TargetName = person.DisplayName,
            After = new
            {
                person.Email,
                account.Issuer,
                account.Subject,
            },
        };
        await context.AppendAsync(entry, cancellationToken);
        return (person, null);
    }

    private async Task<Person> MakeAsync(CompanyAccount account, string email, CancellationToken cancellationToken)
    {
        var wanted = account.Name?.Replace("@", " ", StringComparison.Ordinal).Trim() is { Length: > 0 and <= 80 } name
            ? name
            : email[..email.IndexOf('@', StringComparison.Ordinal)];
        var free = wanted;
        for (var no = 2; await people.FindByNameAsync(free) is not null; no++)
            free = $"{wanted} {no}";
        var person = await new NewPerson(free, email, "").ToRowAsync(context, cancellationToken);
        person.EmailConfirmed = true;
        var made = await people.CreateAsync(person);
        return made.Succeeded ? person : throw new InvalidOperationException(made.Errors.First().Description);
    }

    private async Task TakeRoleAsync(
        Person person,
        Role? claimed,
        Role? usual,
        Actor who,
        CancellationToken cancellationToken
    )
    {
        var old = await context
            .Set<Grant>()
            .SingleOrDefaultAsync(
                g => g.PrincipalKind == "person" && g.PrincipalId == person.Id && g.Workspace == Caller.Everywhere,
                cancellationToken
            );
        // Where the provider says nothing, a person keeps what they have; only a new one gets the usual role.
        var wanted = claimed ?? (old is null ? usual : null);
        if (wanted is not { } role || old?.Role == RoleNames.Name(role))
            return;
        if (old?.Role == "admin" && await Admins.IsLastAsync(context, person.Id, cancellationToken))
            return;
        var before = old?.Role;
        if (old is null)
            context.Add(
                new Grant
                {
                    PrincipalKind = "person",
                    PrincipalId = person.Id,
                    Workspace = Caller.Everywhere,
                    Role = RoleNames.Name(role),
                }
            );
        else
            old.Role = RoleNames.Name(role);
        await context.SaveChangesAsync(cancellationToken);
        var entry = new AuditEntry(who, "grant.changed", who.Id)
        {
            TargetName = person.DisplayName,
            Before = new { workspace = Caller.Everywhere, role = before },
            After = new
            {
                workspace = Caller.Everywhere,
                role,
                by = "company sign-in",
            },
        };
        await context.AppendAsync(entry, cancellationToken);
    }

    private async Task TakeGroupsAsync(Person person, string[] groups, Actor who, CancellationToken cancellationToken)
    {
        var before = await SeatsAsync(person.Id, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"DELETE FROM group_members WHERE person_id = {person.Id} AND group_name <> ALL({groups})",
            cancellationToken
        );
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO group_members (group_name, person_id) SELECT g.name, {person.Id} FROM groups g WHERE g.name = ANY({groups}) ON CONFLICT DO NOTHING",
            cancellationToken
        );
        var after = await SeatsAsync(person.Id, cancellationToken);
        if (before.SequenceEqual(after, StringComparer.Ordinal))
            return;
        var entry = new AuditEntry(who, "person.groupsChanged", who.Id)
        {
            TargetName = person.DisplayName,
            Before = new { Groups = before },
            After = new { Groups = after, by = "company sign-in" },
        };
        await context.AppendAsync(entry, cancellationToken);
    }

    private Task<List<string>> SeatsAsync(Guid person, CancellationToken cancellationToken) =>
        context
            .Set<GroupMember>()
            .Where(m => m.PersonId == person)
            .OrderBy(m => m.GroupName)
            .Select(m => m.GroupName)
            .ToListAsync(cancellationToken);
}
