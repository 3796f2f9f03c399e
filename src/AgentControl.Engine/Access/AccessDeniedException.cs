namespace AgentControl.Engine.Access;

/// <summary>The caller lacks a role. Every edge answers it with 403 and this message.</summary>
public sealed class AccessDeniedException(Role least, string workspace) : Exception(Text(least, workspace))
{
    public Role Least { get; } = least;

    public string Workspace { get; } = workspace;

    private static string Text(Role least, string workspace) =>
        workspace == Caller.Everywhere
            ? $"Needs the {least} role for all workspaces. Ask an admin to grant it."
            : $"Needs the {least} role in the workspace {workspace}. Ask an admin to grant it.";
}
