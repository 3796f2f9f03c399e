namespace AgentControl.Engine.Access;

/// <summary>The arithmetic of roles.</summary>
public static class AccessRules
{
    /// <summary>A job never rises above operator, whatever was granted.</summary>
    public static Role? Capped(CallerKind kind, Role? role) =>
        kind == CallerKind.Job && role > Role.Operator ? Role.Operator : role;

    public static Role? Higher(Role? one, Role? other) => other is null || one > other ? one : other;

    /// <summary>A key never may more than its owner may today.</summary>
    public static IReadOnlyDictionary<string, Role> CappedByOwner(
        IReadOnlyDictionary<string, Role> key,
        IReadOnlyDictionary<string, Role> owner
    )
    {
        var person = new Caller(CallerKind.Person, Guid.Empty, "") { Roles = owner };
        var program = new Caller(CallerKind.ApiKey, Guid.Empty, "") { Roles = key };
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var workspace in key.Keys.Union(owner.Keys, StringComparer.Ordinal))
        {
            if (program.RoleIn(workspace) is { } asKey && person.RoleIn(workspace) is { } asOwner)
                roles[workspace] = asKey < asOwner ? asKey : asOwner;
        }
        return roles;
    }
}
