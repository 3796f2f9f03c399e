using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Makes the first admin: once, and only for who holds a link that the program printed.</summary>
public sealed class FirstAdmin(ControlDbContext context, UserManager<Person> people, CallerDirectory directory)
{
    public static readonly Actor Setup = new("system:setup", "Set-up");

    public Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        context
            .Set<Grant>()
            .AnyAsync(
                g => g.PrincipalKind == "person" && g.Workspace == Caller.Everywhere && g.Role == "admin",
                cancellationToken
            );

    /// <summary>A new token for the link; null when there is an admin already.</summary>
    public Task<string?> NewTokenAsync(CancellationToken cancellationToken) =>
        AccessChange.RunAsync(
            context,
            async () =>
            {
                if (await ExistsAsync(cancellationToken))
                    return null;
                var token = Secrets.NewToken();
                await context.Database.ExecuteSqlAsync(
                    $"INSERT INTO setup_tokens (hash, created_at) VALUES ({Secrets.Hash(token)}, ac_now())",
                    cancellationToken
                );
                return token;
            },
            cancellationToken
        );

    public async Task<bool> IsTokenAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return false;
        var hash = Secrets.Hash(token);
        var found = await context
            .Set<SetupToken>()
            .AsNoTracking()
            .SingleOrDefaultAsync(t => t.Hash == hash, cancellationToken);
        return found is not null && Secrets.Same(found.Hash, hash);
    }

    /// <summary>With the printed token: an admin, and no token is good any more.</summary>
    public Task<FirstAdminOutcome> MakeByTokenAsync(
        string? token,
        NewPerson person,
        string? from,
        CancellationToken cancellationToken
    ) => MakeAsync(person, Setup with { From = from }, () => IsTokenAsync(token, cancellationToken), cancellationToken);

    /// <summary>By configuration, for an address that nobody has yet.</summary>
    public Task<FirstAdminOutcome> MakeByConfigurationAsync(NewPerson person, CancellationToken cancellationToken) =>
        MakeAsync(person, Actor.System, null, cancellationToken);

    private async Task<FirstAdminOutcome> MakeAsync(
        NewPerson person,
        Actor who,
        Func<Task<bool>>? holdsToken,
        CancellationToken cancellationToken
    )
    {
        var outcome = await AccessChange.RunAsync(
            context,
            async () =>
            {
                // Behind the lock: of two that race, the second finds the first one's admin.
                if (holdsToken is not null)
                {
                    if (await ExistsAsync(cancellationToken))
                        return new FirstAdminOutcome(FirstAdminResult.AlreadyThere, []);
                    if (!await holdsToken())
                        return new FirstAdminOutcome(FirstAdminResult.WrongToken, []);
                }
                return await InsertAsync(person, who, cancellationToken);
            },
            cancellationToken
        );
        directory.Forget();
        return outcome;
    }

    private async Task<FirstAdminOutcome> InsertAsync(NewPerson person, Actor who, CancellationToken cancellationToken)
    {
        var row = await person.ToRowAsync(context, cancellationToken);
        var result = await people.CreateAsync(row, person.Password);
        if (!result.Succeeded)
            return new FirstAdminOutcome(FirstAdminResult.Invalid, [.. result.Errors]);
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('person', {row.Id}, '*', 'admin')",
            cancellationToken
        );
        await context.Database.ExecuteSqlAsync($"DELETE FROM setup_tokens", cancellationToken);
        var entry = new AuditEntry(who, "person.created", $"person:{row.Id}")
        {
            TargetName = row.DisplayName,
            After = new { row.Email, Role = Role.Admin },
        };
        await context.AppendAsync(entry, cancellationToken);
        return new FirstAdminOutcome(FirstAdminResult.Made, []);
    }
}
