namespace AgentControl.Engine.Access;

/// <summary>The words for roles in rows and answers.</summary>
public static class RoleNames
{
    public static IReadOnlyList<string> All { get; } = ["viewer", "operator", "approver", "admin"];

    public static string Name(Role role) => All[(int)role - 1];

    public static Role? Parse(string? name) =>
        name switch
        {
            "viewer" => Role.Viewer,
            "operator" => Role.Operator,
            "approver" => Role.Approver,
            "admin" => Role.Admin,
            _ => null,
        };
}
