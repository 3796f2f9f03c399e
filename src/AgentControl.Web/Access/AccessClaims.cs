using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>The claims that carry a <see cref="Caller"/>. Roles in them are as fresh as the request, never older.</summary>
internal static class AccessClaims
{
    public const string Kind = "ac:kind";
    public const string Id = "ac:id";
    public const string Role = "ac:role";
    public const string Owner = "ac:owner";
    public const string OwnerName = "ac:owner-name";
    public const string From = "ac:from";
    public const string SignIn = "ac:sign-in";
    public const string Group = "ac:group";
    public const string Email = "ac:email";
    private const string Identity = "AgentControl.Caller";

    /// <summary>The caller of this request. For a circuit or a hub call take <see cref="ICallerAccessor"/>.</summary>
    public static Caller? ToCaller(this ClaimsPrincipal user)
    {
        var identity = user.Identities.FirstOrDefault(one => one.AuthenticationType == Identity);
        if (
            identity is null
            || CallerKindNames.Parse(identity.FindFirst(Kind)?.Value) is not { } kind
            || !Guid.TryParse(identity.FindFirst(Id)?.Value, out var id)
        )
        {
            return null;
        }
        return new Caller(kind, id, identity.Name ?? "")
        {
            Roles = identity.FindAll(Role).Select(Grant).ToDictionary(StringComparer.Ordinal),
            PersonId = Guid.TryParse(identity.FindFirst(Owner)?.Value, out var person) ? person : null,
            OwnerName = identity.FindFirst(OwnerName)?.Value,
            From = identity.FindFirst(From)?.Value,
            SignIn = Guid.TryParse(identity.FindFirst(SignIn)?.Value, out var signIn) ? signIn : null,
            Groups = [.. identity.FindAll(Group).Select(claim => claim.Value)],
            Email = identity.FindFirst(Email)?.Value,
        };
    }

    /// <summary>The caller of a request that a policy let in.</summary>
    public static Caller RequireCaller(this ClaimsPrincipal user) =>
        user.ToCaller()
        ?? throw new InvalidOperationException("The route has no authorization policy, so nobody is signed in.");

    public static ClaimsIdentity ToIdentity(Caller caller)
    {
        var identity = new ClaimsIdentity(Identity, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, caller.Name));
        identity.AddClaim(new Claim(Kind, CallerKindNames.Name(caller.Kind)));
        identity.AddClaim(new Claim(Id, caller.Id.ToString()));
        foreach (var (workspace, role) in caller.Roles)
            identity.AddClaim(new Claim(Role, $"{RoleNames.Name(role)}@{workspace}"));
        Add(identity, Owner, caller.PersonId?.ToString());
        Add(identity, OwnerName, caller.OwnerName);
        Add(identity, From, caller.From);
        Add(identity, SignIn, caller.SignIn?.ToString());
        Add(identity, Email, caller.Email);
        foreach (var group in caller.Groups)
            Add(identity, Group, group);
        return identity;
    }

    /// <summary>Whose cookie it is, and by which sign-in; null for another principal.</summary>
    public static (Guid Person, Guid SignIn)? ToSignIn(this ClaimsPrincipal user) =>
        user.Identities.FirstOrDefault(one => one.AuthenticationType == IdentityConstants.ApplicationScheme)
            is { } cookie
        && Guid.TryParse(cookie.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var person)
        && Guid.TryParse(cookie.FindFirst(SignIn)?.Value, out var signIn)
            ? (person, signIn)
            : null;

    /// <summary>The principal with the caller's identity in the place of an older one.</summary>
    public static ClaimsPrincipal With(this ClaimsPrincipal user, Caller? caller)
    {
        var others = user.Identities.Where(one => one.AuthenticationType != Identity);
        return new ClaimsPrincipal(caller is null ? others : others.Append(ToIdentity(caller)));
    }

    private static void Add(ClaimsIdentity identity, string type, string? value)
    {
        if (value is not null)
            identity.AddClaim(new Claim(type, value));
    }

    private static KeyValuePair<string, Role> Grant(Claim claim)
    {
        var at = claim.Value.IndexOf('@', StringComparison.Ordinal);
        var role =
            RoleNames.Parse(claim.Value[..at]) ?? throw new InvalidOperationException($"No such role: {claim.Value}.");
        return new(claim.Value[(at + 1)..], role);
    }
}
