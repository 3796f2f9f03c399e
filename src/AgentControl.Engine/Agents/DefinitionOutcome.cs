namespace AgentControl.Engine.Agents;

/// <summary>How a definition went.</summary>
public abstract record DefinitionOutcome
{
    private DefinitionOutcome() { }

    /// <param name="Version">The one that is in force now.</param>
    public sealed record Saved(int Version) : DefinitionOutcome;

    public sealed record NotFound : DefinitionOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : DefinitionOutcome;

    /// <summary>Somebody else was first (409 <c>agent.changed</c>): the version that is in force, 0 where there is none.</summary>
    public sealed record Changed(int Version) : DefinitionOutcome;
}

/// <summary>A version of a definition.</summary>
/// <param name="Settings">As JSON; null where the agent was retired by it.</param>
public sealed record DefinitionVersion(int Version, string? Settings, string ChangedBy, DateTimeOffset ChangedAt);
