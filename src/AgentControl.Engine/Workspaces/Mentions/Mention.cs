namespace AgentControl.Engine.Workspaces;

/// <summary>A person or a group that a comment names.</summary>
/// <param name="Kind"><see cref="PersonKind"/> or <see cref="GroupKind"/>.</param>
/// <param name="Name">The display name of a person, or the name of a group.</param>
/// <param name="Text">As it was written, without the @.</param>
public sealed record Mention(string Kind, string Name, string Text)
{
    public const string PersonKind = "person";
    public const string GroupKind = "group";
}

/// <summary>Whom somebody may name in a comment.</summary>
/// <param name="Detail">A person's address, or what a group is for.</param>
public sealed record MentionChoice(string Kind, string Name, string Detail);
