using Microsoft.AspNetCore.Identity;

namespace AgentControl.Engine.Access;

/// <summary>Sets passwords by the rules of the people's store.</summary>
internal static class PersonPasswords
{
    /// <summary>Puts a password in the place of whatever was there; nothing is changed where it cannot be used.</summary>
    public static async Task<IdentityResult> SetAsync(UserManager<Person> people, Person person, string password)
    {
        foreach (var rule in people.PasswordValidators)
        {
            var allowed = await rule.ValidateAsync(people, person, password);
            if (!allowed.Succeeded)
                return allowed;
        }
        if (await people.HasPasswordAsync(person))
            await people.RemovePasswordAsync(person);
        // Changes the security stamp with it: every cookie from before is refused.
        return await people.AddPasswordAsync(person, password);
    }
}
