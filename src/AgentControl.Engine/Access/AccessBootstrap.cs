using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Makes what the configuration asks for, once. What is there already is never changed, let alone revived.</summary>
public sealed class AccessBootstrap(ControlDbContext context, UserManager<Person> people, FirstAdmin firstAdmin)
{
    private const string KeyName = "bootstrap";

    /// <summary>True when the key is new.</summary>
    public Task<bool> EnsureKeyAsync(string secret, CancellationToken cancellationToken) =>
        AccessChange.RunAsync(
            context,
            () =>
                ApiKeys.InsertAsync(
                    context,
                    Guid.CreateVersion7(),
                    secret,
                    new NewApiKey(KeyName, Role.Admin),
                    Actor.System,
                    cancellationToken
                ),
            cancellationToken
        );

    /// <summary>True when the admin is new.</summary>
    /// <exception cref="InvalidOperationException">The password or the address cannot be used.</exception>
    public async Task<bool> EnsureAdminAsync(string email, string password, CancellationToken cancellationToken)
    {
        if (await ExistsAsync(email, cancellationToken))
            return false;
        var person = new NewPerson(email[..email.IndexOf('@', StringComparison.Ordinal)], email, password);
        var outcome = await firstAdmin.MakeByConfigurationAsync(person, cancellationToken);
        // Another process of the same configuration may have been first.
        if (outcome.Result == FirstAdminResult.Made || await ExistsAsync(email, cancellationToken))
            return outcome.Result == FirstAdminResult.Made;
        throw new InvalidOperationException(
            $"{BootstrapOptions.Section}:AdminEmail and AdminPassword make no admin: "
                + string.Join(' ', outcome.Errors.Select(error => error.Description))
        );
    }

    private Task<bool> ExistsAsync(string email, CancellationToken cancellationToken)
    {
        var normal = people.NormalizeEmail(email.Trim());
        return context.Users.AnyAsync(person => person.NormalizedEmail == normal, cancellationToken);
    }
}
