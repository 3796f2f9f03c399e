using AgentControl.Core.Notifications;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.Access;

/// <summary>What people change about themselves.</summary>
public sealed class Profiles(
    IDbContextFactory<ControlDbContext> contexts,
    IServiceScopeFactory scopes,
    CallerDirectory directory
)
{
    private const int LongestName = 100;

    /// <summary>The person's preferences; null for those of a key or a stranger, and where none were stored.</summary>
    public async Task<string?> PreferencesAsync(Guid person, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context
            .Users.Where(p => p.Id == person)
            .Select(p => p.Preferences)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>How the pages look to this person is nobody else's matter: it is no line of the audit log.</summary>
    public async Task SavePreferencesAsync(Caller who, string json, CancellationToken cancellationToken)
    {
        var person = Require(who);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"UPDATE users SET preferences = {json} WHERE id = {person}",
            cancellationToken
        );
    }

    /// <summary>When the person's news are mailed together; null for one by one.</summary>
    public async Task<DigestWish?> DigestAsync(Guid person, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return DigestWish.Of(
            await context.Users.Where(p => p.Id == person).Select(p => p.Digest).SingleOrDefaultAsync(cancellationToken)
        );
    }

    /// <summary>Says when the person's news are mailed together. How somebody reads their mail is nobody else's matter: it is no line of the audit log.</summary>
    /// <param name="who">The person, or a key of theirs.</param>
    /// <param name="wish">Null for one by one.</param>
    /// <returns>Errors by field; empty where it is done.</returns>
    public async Task<IReadOnlyDictionary<string, string[]>> SaveDigestAsync(
        Caller who,
        DigestWish? wish,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(who);
        var person = who.PersonId ?? Require(who);
        string? json = null;
        if (wish is not null)
        {
            if (DigestPlan.Of(wish.Every, wish.At, wish.TimeZone, out var wrong) is not { } plan)
                return Wrong($"digest.{wrong.Field}", wrong.Remedy);
            json = plan.Write();
        }
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"UPDATE users SET digest = {json} WHERE id = {person}",
            cancellationToken
        );
        return new Dictionary<string, string[]>(StringComparer.Ordinal);
    }

    /// <summary>Errors by field; empty where it is done.</summary>
    public Task<IReadOnlyDictionary<string, string[]>> RenameAsync(
        Caller who,
        string? name,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            who,
            async (context, people, person) =>
            {
                var wanted = name?.Trim() ?? "";
                if (
                    wanted.Length is 0 or > LongestName
                    || wanted.Contains('@', StringComparison.Ordinal)
                    || wanted.Any(char.IsControl)
                )
                    return Wrong("name", $"Give 1 to {LongestName} characters, without an @.");
                if (wanted == person.DisplayName)
                    return [];
                var before = person.DisplayName;
                person.DisplayName = wanted;
                var result = await people.SetUserNameAsync(person, wanted);
                if (!result.Succeeded)
                    return Wrong("name", result.Errors.First().Description);
                await context.AppendAsync(
                    new AuditEntry(who.Actor, "person.renamed", $"person:{person.Id}")
                    {
                        TargetName = wanted,
                        Before = new { Name = before },
                        After = new { Name = wanted },
                    },
                    cancellationToken
                );
                return [];
            },
            cancellationToken
        );

    /// <summary>Ends every other sign-in of the person, and takes back links for a new password.</summary>
    /// <returns>Errors by field; empty where it is done.</returns>
    public Task<IReadOnlyDictionary<string, string[]>> ChangePasswordAsync(
        Caller who,
        string? old,
        string? wanted,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            who,
            async (context, people, person) =>
            {
                if (!await people.CheckPasswordAsync(person, old ?? ""))
                    return Wrong("old", "This is not your password.");
                var result = await PersonPasswords.SetAsync(people, person, wanted ?? "");
                if (!result.Succeeded)
                    return Wrong("password", result.Errors.First().Description);
                var ended = await SignIns.EndAllAsync(context, person.Id, who.SignIn, cancellationToken);
                await Invitations.WithdrawLinksAsync(context, person.Id, cancellationToken);
                await context.AppendAsync(
                    new AuditEntry(who.Actor, "person.passwordChanged", $"person:{person.Id}")
                    {
                        TargetName = person.DisplayName,
                        After = new { EndedSignIns = ended },
                    },
                    cancellationToken
                );
                return [];
            },
            cancellationToken
        );

    private async Task<IReadOnlyDictionary<string, string[]>> ChangeAsync(
        Caller who,
        Func<ControlDbContext, UserManager<Person>, Person, Task<Dictionary<string, string[]>>> change,
        CancellationToken cancellationToken
    )
    {
        var id = Require(who);
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ControlDbContext>();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<Person>>();
        var errors = await AccessChange.RunAsync(
            context,
            async () =>
            {
                if (await people.FindByIdAsync(id.ToString()) is not { } person)
                    throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);
                var stamp = person.SecurityStamp;
                var wrong = await change(context, people, person);
                // The store gives a new stamp, which would sign this browser out too; the others' sign-ins are ended one by one.
                if (wrong.Count == 0 && person.SecurityStamp != stamp)
                    await context.Database.ExecuteSqlAsync(
                        $"UPDATE users SET security_stamp = {stamp} WHERE id = {id}",
                        cancellationToken
                    );
                return wrong;
            },
            cancellationToken
        );
        directory.Forget();
        return errors;
    }

    private static Guid Require(Caller who) =>
        who.Kind == CallerKind.Person ? who.Id : throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);

    private static Dictionary<string, string[]> Wrong(string field, string remedy) =>
        new(StringComparer.Ordinal) { [field] = [remedy] };
}
