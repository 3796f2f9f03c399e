namespace AgentControl.Engine.Access;

/// <summary>What a caller may do in a workspace. Each role includes the ones before it.</summary>
public enum Role
{
    Viewer = 1,
    Operator = 2,
    Approver = 3,
    Admin = 4,
}
