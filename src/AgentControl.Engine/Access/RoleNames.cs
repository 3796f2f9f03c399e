namespace AgentControl.Engine.Access;

/// <summary>The words for roles in rows and answers.</summary>
public static class RoleNames
{
    public static IReadOnlyList<string> All { get; } = ["display", "viewer", "operator", "approver", "admin"];

    public static string Name(Role role) => All[(int)role];

    public static Role? Parse(string? name) =>
        name switch
        {
            "display" => Role.Display,
            "viewer" => Role.Viewer,
            "operator" => Role.Operator,
            "approver" => Role.Approver,
            "admin" => Role.Admin,
            _ => null,
        };
}
