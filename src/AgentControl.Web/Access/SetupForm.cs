using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>What the set-up page asks for.</summary>
public sealed class SetupForm
{
    public const int LongestName = 100;

    public string? Token { get; set; }
    public string? Name { get; set; }
    public string? Email { get; set; }
    public string? Password { get; set; }

    /// <summary>By field, each with its remedy.</summary>
    public Dictionary<string, string> Errors()
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        // A name that looks like an address could stand for somebody else's at sign-in.
        if (
            string.IsNullOrWhiteSpace(Name)
            || Name.Length > LongestName
            || Name.Contains('@', StringComparison.Ordinal)
            || Name.Any(char.IsControl)
        )
            errors["name"] = $"Name: give 1 to {LongestName} characters, without an @.";
        if (Email is null || !Email.Trim().Contains('@', StringComparison.Ordinal) || Email.Any(char.IsControl))
            errors["email"] = "E-mail: give an address such as maria@example.com.";
        if (string.IsNullOrEmpty(Password))
            errors["password"] = "Password: give at least 8 characters.";
        return errors;
    }

    /// <summary>The field that an error of the people's store is about.</summary>
    public static string FieldOf(IdentityError error) =>
        error.Code.StartsWith("Password", StringComparison.Ordinal) ? "password"
        : error.Code.Contains("Email", StringComparison.Ordinal) ? "email"
        : "name";
}
