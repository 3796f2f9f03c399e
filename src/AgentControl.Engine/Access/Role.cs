namespace AgentControl.Engine.Access;

/// <summary>What a caller may do in a workspace. Each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>A screen on a wall: the page <c>/wall</c> and nothing else.</summary>
    Display = 0,
    Viewer = 1,
    Operator = 2,
    Approver = 3,
    Admin = 4,
}
