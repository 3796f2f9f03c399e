using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>The section <c>AgentControl:OpenIdConnect</c>: signing in by the company's provider. Without an authority there is none.</summary>
internal sealed class CompanyOptions
{
    public const string Section = "AgentControl:OpenIdConnect";

    /// <summary>The provider's address, such as <c>https://login.example.com/</c>.</summary>
    public string? Authority { get; set; }
    public string? ClientId { get; set; }
    public string? ClientSecret { get; set; }

    /// <summary>What stands on the button.</summary>
    public string Name { get; set; } = "Company sign-in";

    /// <summary>The claim whose values <see cref="Roles"/> turns into roles.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>A role by each value of the claim; of several the highest counts.</summary>
    public Dictionary<string, string> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>The claim that names groups; without it groups are left alone.</summary>
    public string? GroupsClaim { get; set; }

    /// <summary>Makes a person at the first sign-in of an account that nobody has.</summary>
    public bool AutoProvision { get; set; }

    /// <summary>The role of such a person whose claims stand for none.</summary>
    public string? DefaultRole { get; set; }

    public bool IsOn => !string.IsNullOrWhiteSpace(Authority);

    public IEnumerable<string> Problems()
    {
        if (!IsOn)
            yield break;
        if (
            !Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        )
            yield return $"{Section}:Authority is '{Authority}'. Give an https address.";
        if (string.IsNullOrWhiteSpace(ClientId))
            yield return $"{Section}:ClientId is missing. The provider gives it to the program that you register there.";
        foreach (var (claim, role) in Roles)
            if (!IsRole(role))
                yield return $"{Section}:Roles:{claim} is '{role}'. Use viewer, operator, approver or admin.";
        if (DefaultRole is not null && !IsRole(DefaultRole))
            yield return $"{Section}:DefaultRole is '{DefaultRole}'. Use viewer, operator, approver or admin.";
    }

    private static bool IsRole(string name) => RoleNames.Parse(name) is not (null or Role.Display);
}
