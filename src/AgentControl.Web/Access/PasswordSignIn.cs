using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Signs people in by name or e-mail and password. It never says which of them was wrong.</summary>
internal sealed class PasswordSignIn(SignInManager<Person> signIn, ControlDbContext context)
{
    // An unknown name costs the same time as a wrong password, so the answer's time names nobody.
    private static readonly Person _nobody = new();
    private static readonly string _nobodysHash = new PasswordHasher<Person>().HashPassword(_nobody, "nobody's");

    public async Task<bool> TryAsync(string? name, string? password, string from, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrEmpty(password))
            return false;
        var people = signIn.UserManager;
        var person = await people.FindByNameAsync(name.Trim()) ?? await people.FindByEmailAsync(name.Trim());
        if (person is null)
        {
            people.PasswordHasher.VerifyHashedPassword(_nobody, _nobodysHash, password);
            return false;
        }
        var result = await signIn.CheckPasswordSignInAsync(person, password, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            var id = new Claim(AccessClaims.SignIn, Guid.CreateVersion7().ToString());
            await signIn.SignInWithClaimsAsync(person, isPersistent: true, [id]);
        }
        var action =
            result.Succeeded ? "person.signedIn"
            : result.IsLockedOut ? "person.lockedOut"
            : "person.signInFailed";
        var who = new Actor($"person:{person.Id}", person.DisplayName, from);
        await context.AppendAsync(new AuditEntry(who, action, who.Id) { TargetName = who.Name }, cancellationToken);
        return result.Succeeded;
    }
}
