using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Access;

/// <summary>Makes one-time links by which people join, or choose a new password, and redeems them.</summary>
public sealed class Invitations(
    IDbContextFactory<ControlDbContext> contexts,
    IServiceScopeFactory scopes,
    CallerDirectory directory
)
{
    public const int UsualDays = 7;
    public const int MostDays = 30;
    private const int LongestEmail = 254;

    /// <summary>How long a link for a new password is good.</summary>
    private static readonly TimeSpan PasswordLinkLasts = TimeSpan.FromHours(24);

    /// <summary>Those that can still be redeemed, the newest first.</summary>
    public async Task<IReadOnlyList<InvitationInfo>> ListAsync(Caller who, CancellationToken cancellationToken)
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await Open(context, await context.NowAsync(cancellationToken))
            .OrderByDescending(r => r.Id)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(InvitationInfo.Of);
    }

    /// <summary>Invites somebody who is not here yet. An open invitation of the same address is taken back.</summary>
    public async Task<InvitationOutcome> InviteAsync(
        Caller who,
        NewInvitation wanted,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(wanted);
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await CheckAsync(context, wanted, cancellationToken) is { Count: > 0 } errors)
            return new InvitationOutcome.Invalid(errors);
        var days = wanted.Days ?? UsualDays;
        return await AccessChange.RunAsync<InvitationOutcome>(
            context,
            async () =>
            {
                var email = wanted.Email!.Trim();
                await context.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE invitations SET withdrawn_at = ac_now()
                    WHERE lower(email) = lower({email}) AND person_id IS NULL AND used_at IS NULL AND withdrawn_at IS NULL
                    """,
                    cancellationToken
                );
                var role = wanted.Role is { } given ? RoleNames.Name(given) : null;
                string[] groups = [.. wanted.Groups.Distinct(StringComparer.Ordinal)];
                var made = await InsertAsync(context, who, null, email, role, groups, TimeSpan.FromDays(days));
                var entry = new AuditEntry(who.Actor, "person.invited", $"invitation:{made.Invitation.Id}")
                {
                    TargetName = email,
                    After = new
                    {
                        role,
                        groups,
                        made.Invitation.ExpiresAt,
                    },
                };
                await context.AppendAsync(entry, cancellationToken);
                return made;
            },
            cancellationToken
        );
    }

    /// <summary>A link by which a person chooses a new password. Null where there is no such person.</summary>
    public async Task<InvitationOutcome.Made?> NewPasswordAsync(
        Caller who,
        Guid person,
        CancellationToken cancellationToken
    )
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await AccessChange.RunAsync(
            context,
            async () =>
            {
                var row = await context
                    .Users.AsNoTracking()
                    .SingleOrDefaultAsync(p => p.Id == person, cancellationToken);
                if (row is null)
                    return null;
                await WithdrawLinksAsync(context, person, cancellationToken);
                var made = await InsertAsync(context, who, person, row.Email ?? "", null, [], PasswordLinkLasts);
                var entry = new AuditEntry(who.Actor, "person.passwordLinkMade", $"person:{person}")
                {
                    TargetName = row.DisplayName,
                    After = new { made.Invitation.ExpiresAt },
                };
                await context.AppendAsync(entry, cancellationToken);
                return made;
            },
            cancellationToken
        );
    }

    /// <summary>Takes an open link back. False where there is none.</summary>
    public async Task<bool> WithdrawAsync(Caller who, Guid id, CancellationToken cancellationToken)
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await AccessChange.RunAsync(
            context,
            async () =>
            {
                var row = await Open(context, await context.NowAsync(cancellationToken))
                    .SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
                if (row is null)
                    return false;
                await context.Database.ExecuteSqlAsync(
                    $"UPDATE invitations SET withdrawn_at = ac_now() WHERE id = {id}",
                    cancellationToken
                );
                var entry = new AuditEntry(who.Actor, "invitation.withdrawn", $"invitation:{id}")
                {
                    TargetName = row.Email,
                };
                await context.AppendAsync(entry, cancellationToken);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>What a token is good for; null where it is unknown, used, withdrawn or expired. Looking does not use it up.</summary>
    public async Task<InvitationInfo?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(context, token, cancellationToken) is { } row ? InvitationInfo.Of(row) : null;
    }

    /// <summary>Makes the person that was invited, or sets the new password; all other sign-ins of that person end. The link is used up.</summary>
    /// <param name="name">For a new person alone.</param>
    public async Task<AcceptOutcome> AcceptAsync(
        string? token,
        string? name,
        string password,
        string? from,
        CancellationToken cancellationToken
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ControlDbContext>();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var outcome = await AccessChange.RunAsync<AcceptOutcome>(
            context,
            async () =>
            {
                // Behind the lock: of two that race, the second finds the link used.
                if (string.IsNullOrEmpty(token) || await FindAsync(context, token, cancellationToken) is not { } row)
                    return new AcceptOutcome.Gone();
                var result = row.PersonId is { } known
                    ? await SetPasswordAsync(context, people, known, password, from, cancellationToken)
                    : await JoinAsync(context, people, row, name ?? "", password, from, cancellationToken);
                if (result is AcceptOutcome.Done)
                    await context.Database.ExecuteSqlAsync(
                        $"UPDATE invitations SET used_at = ac_now() WHERE id = {row.Id}",
                        cancellationToken
                    );
                return result;
            },
            cancellationToken
        );
        directory.Forget();
        return outcome;
    }

    /// <summary>No link that is out there can change this person's password any more.</summary>
    internal static Task<int> WithdrawLinksAsync(
        ControlDbContext context,
        Guid person,
        CancellationToken cancellationToken
    ) =>
        context.Database.ExecuteSqlAsync(
            $"UPDATE invitations SET withdrawn_at = ac_now() WHERE person_id = {person} AND used_at IS NULL AND withdrawn_at IS NULL",
            cancellationToken
        );

    private static async Task<AcceptOutcome> JoinAsync(
        ControlDbContext context,
        UserManager<Person> people,
        Invitation row,
        string name,
        string password,
        string? from,
        CancellationToken cancellationToken
    )
    {
        var person = await new NewPerson(name, row.Email, password).ToRowAsync(context, cancellationToken);
        // The link reached them by this address, or by somebody who knows them.
        person.EmailConfirmed = true;
        var result = await people.CreateAsync(person, password);
        if (!result.Succeeded)
            return new AcceptOutcome.Invalid([.. result.Errors]);
        if (row.Role is { } role)
            await context.Database.ExecuteSqlAsync(
                $"INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', {person.Id}, '*', {role})",
                cancellationToken
            );
        // A group that was deleted meanwhile is no reason to keep somebody out.
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO group_members (group_name, person_id) SELECT g.name, {person.Id} FROM groups g WHERE g.name = ANY({row.Groups})",
            cancellationToken
        );
        var who = new Actor($"person:{person.Id}", person.DisplayName, from, person.Id);
        var entry = new AuditEntry(who, "person.created", $"person:{person.Id}")
        {
            TargetName = person.DisplayName,
            After = new
            {
                person.Email,
                row.Role,
                row.Groups,
                InvitedBy = row.CreatedBy,
            },
        };
        await context.AppendAsync(entry, cancellationToken);
        return new AcceptOutcome.Done(person.Id, person.Email!);
    }

    private static async Task<AcceptOutcome> SetPasswordAsync(
        ControlDbContext context,
        UserManager<Person> people,
        Guid id,
        string password,
        string? from,
        CancellationToken cancellationToken
    )
    {
        if (await people.FindByIdAsync(id.ToString()) is not { } person)
            return new AcceptOutcome.Gone();
        var result = await PersonPasswords.SetAsync(people, person, password);
        if (!result.Succeeded)
            return new AcceptOutcome.Invalid([.. result.Errors]);
        await SignIns.EndAllAsync(context, id, null, cancellationToken);
        await WithdrawLinksAsync(context, id, cancellationToken);
        var who = new Actor($"person:{id}", person.DisplayName, from, id);
        var entry = new AuditEntry(who, "person.passwordReset", $"person:{id}") { TargetName = person.DisplayName };
        await context.AppendAsync(entry, cancellationToken);
        return new AcceptOutcome.Done(id, person.Email ?? person.UserName!);
    }

    private static async Task<InvitationOutcome.Made> InsertAsync(
        ControlDbContext context,
        Caller who,
        Guid? person,
        string email,
        string? role,
        string[] groups,
        TimeSpan lasts
    )
    {
        var token = Secrets.NewToken();
        var now = await context.NowAsync(CancellationToken.None);
        var row = new Invitation
        {
            Id = Guid.CreateVersion7(),
            Hash = Secrets.Hash(token),
            PersonId = person,
            Email = email,
            Role = role,
            Groups = groups,
            CreatedBy = who.Display,
            CreatedAt = now,
            ExpiresAt = now + lasts,
        };
        context.Add(row);
        await context.SaveChangesAsync();
        return new(InvitationInfo.Of(row), token);
    }

    private static async Task<Invitation?> FindAsync(
        ControlDbContext context,
        string token,
        CancellationToken cancellationToken
    )
    {
        var hash = Secrets.Hash(token);
        var row = await Open(context, await context.NowAsync(cancellationToken))
            .SingleOrDefaultAsync(r => r.Hash == hash, cancellationToken);
        return row is not null && Secrets.Same(row.Hash, hash) ? row : null;
    }

    private static IQueryable<Invitation> Open(ControlDbContext context, DateTimeOffset now) =>
        context
            .Set<Invitation>()
            .AsNoTracking()
            .Where(r => r.UsedAt == null && r.WithdrawnAt == null && r.ExpiresAt > now);

    private static async Task<Dictionary<string, string[]>> CheckAsync(
        ControlDbContext context,
        NewInvitation wanted,
        CancellationToken cancellationToken
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var email = wanted.Email?.Trim() ?? "";
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (
            at < 1
            || at == email.Length - 1
            || email.Length > LongestEmail
            || email.Any(c => char.IsControl(c) || c == ' ')
        )
            errors["email"] = ["Give an address such as maria@example.com."];
        else if (await IsTakenAsync(context, email.ToUpperInvariant(), cancellationToken))
            errors["email"] = ["Somebody with this address is here already. Change their role in the list instead."];
        if (wanted.Role == Role.Display || (wanted.Role is { } role && !Enum.IsDefined(role)))
            errors["role"] = ["Choose viewer, operator, approver or admin, or leave it out."];
        if (wanted.Days is < 1 or > MostDays)
            errors["days"] = [$"Choose 1 to {MostDays} days."];
        var known = await context
            .Set<Group>()
            .Where(g => wanted.Groups.Contains(g.Name))
            .Select(g => g.Name)
            .ToListAsync(cancellationToken);
        if (wanted.Groups.Except(known, StringComparer.Ordinal).ToArray() is [_, ..] unknown)
            errors["groups"] = [$"There is no group {string.Join(", ", unknown)}. GET /api/v1/groups lists them."];
        return errors;
    }

    private static Task<bool> IsTakenAsync(
        ControlDbContext context,
        string email,
        CancellationToken cancellationToken
    ) => context.Users.AnyAsync(p => p.NormalizedEmail == email, cancellationToken);
}
