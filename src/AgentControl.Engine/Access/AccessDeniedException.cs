namespace AgentControl.Engine.Access;

/// <summary>The caller lacks a role. Every edge answers it with 403 and this message.</summary>
public sealed class AccessDeniedException : Exception
{
    public AccessDeniedException(Role least, string workspace)
        : base(Text(least, workspace)) => (Least, Workspace) = (least, workspace);

    private AccessDeniedException(string message, Role least, string workspace)
        : base(message) => (Least, Workspace) = (least, workspace);

    public Role Least { get; }

    public string Workspace { get; }

    /// <summary>A job whose token reaches for another job.</summary>
    public static AccessDeniedException OthersJob(Role least, string workspace) =>
        new(
            "The token of a job may change its own job and the jobs that it started, and no others. A person has to.",
            least,
            workspace
        );

    private static string Text(Role least, string workspace) =>
        workspace == Caller.Everywhere
            ? $"Needs the {least} role for all workspaces. Ask an admin to grant it."
            : $"Needs the {least} role in the workspace {workspace}. Ask an admin to grant it.";
}
