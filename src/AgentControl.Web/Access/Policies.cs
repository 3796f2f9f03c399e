using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>
/// The authorization policies: at least this role. On a route with <c>{ws}</c> in that workspace; with a workspace's
/// name as resource in that one; Admin elsewhere means everywhere, the others mean in some workspace.
/// </summary>
internal static class Policies
{
    /// <summary>The wall alone: screens that hang in a room, and everybody else.</summary>
    public const string Display = "Display";
    public const string Viewer = "Viewer";
    public const string Operator = "Operator";
    public const string Approver = "Approver";
    public const string Admin = "Admin";

    /// <summary>The policy that asks for at least this role.</summary>
    public static string Of(Role least) =>
        least switch
        {
            Role.Display => Display,
            Role.Viewer => Viewer,
            Role.Operator => Operator,
            Role.Approver => Approver,
            Role.Admin => Admin,
            _ => throw new ArgumentOutOfRangeException(nameof(least), least, "No policy asks for this role."),
        };
}
