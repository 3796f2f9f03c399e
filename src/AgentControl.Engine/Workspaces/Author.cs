using AgentControl.Engine.Access;

namespace AgentControl.Engine.Workspaces;

/// <summary>Who wrote a file or a comment: a person, a job's agent, or a program with an API key.</summary>
public sealed record Author(string Kind, string Name)
{
    /// <summary>The person or key behind it, whose changes go into the audit log; null for agents.</summary>
    public Actor? Actor { get; init; }

    public const string PersonKind = "person";
    public const string AgentKind = "agent";
    public const string ProgramKind = "program";

    public static Author Person(string name) => new(PersonKind, name);

    public static Author Agent(string name) => new(AgentKind, name);

    public static Author Program(string name) => new(ProgramKind, name);
}
