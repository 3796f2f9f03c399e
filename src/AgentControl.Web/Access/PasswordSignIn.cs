using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>How a sign-in went.</summary>
/// <param name="Wait">How long no password is looked at any more; null where it was looked at.</param>
internal readonly record struct SignInResult(bool Done, TimeSpan? Wait = null);

/// <summary>Signs people in by name or e-mail and password. It never says which of them was wrong, nor whether somebody has that name.</summary>
internal sealed class PasswordSignIn(
    SignInManager<Person> signIn,
    SignIns signIns,
    SignInGuard guard,
    ControlDbContext context
)
{
    private const int LongestName = 254;

    // An unknown name costs the same time as a wrong password, so the answer's time names nobody.
    private static readonly Person _nobody = new();
    private static readonly string _nobodysHash = new PasswordHasher<Person>().HashPassword(_nobody, "nobody's");

    public async Task<SignInResult> TryAsync(string? name, string? password, HttpContext http)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || string.IsNullOrEmpty(password))
            return default;
        var (stop, address) = (http.RequestAborted, RequestOrigin.Address(http));
        var people = signIn.UserManager;
        var person = await people.FindByNameAsync(name.Trim()) ?? await people.FindByEmailAsync(name.Trim());
        var counted = await guard.TryAsync(name, address, person?.Id, stop);
        if (counted.Wait is { } wait)
        {
            if (counted.Began)
                await TellAsync(
                    person,
                    "person.lockedOut",
                    http,
                    new { counted.What, Seconds = (int)wait.TotalSeconds }
                );
            return new(false, wait);
        }
        if (person is null)
        {
            people.PasswordHasher.VerifyHashedPassword(_nobody, _nobodysHash, password);
            return default;
        }
        var right = await people.CheckPasswordAsync(person, password);
        if (!right || person.DisabledAt is not null)
        {
            await TellAsync(person, "person.signInFailed", http, right ? new { Disabled = true } : null);
            return default;
        }
        await guard.ForgetAsync(name, address, stop);
        await LetInAsync(person, SignIns.ByPassword, http);
        return new(true);
    }

    /// <summary>Signs in whoever has proved who they are.</summary>
    public async Task LetInAsync(Person person, string way, HttpContext http)
    {
        var id = await signIns.BeginAsync(
            Who(person, http),
            person.Id,
            RequestOrigin.Address(http),
            http.Request.Headers.UserAgent.ToString(),
            way,
            http.RequestAborted
        );
        var claim = new Claim(AccessClaims.SignIn, id.ToString());
        await signIn.SignInWithClaimsAsync(person, isPersistent: true, [claim]);
    }

    // A name that nobody has is no line of its own: whoever guesses names must not fill the log.
    private async Task TellAsync(Person? person, string action, HttpContext http, object? what)
    {
        if (person is null)
            return;
        var who = Who(person, http);
        var entry = new AuditEntry(who, action, who.Id) { TargetName = who.Name, After = what };
        await context.AppendAsync(entry, http.RequestAborted);
    }

    private static Actor Who(Person person, HttpContext http) =>
        new($"person:{person.Id}", person.DisplayName, RequestOrigin.Of(http), person.Id);
}
