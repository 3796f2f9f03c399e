namespace AgentControl.Core.Agents;

/// <summary>Names an agent class for the catalogue.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AgentAttribute(string name, string version) : Attribute
{
    public string Name { get; } = name;

    public string Version { get; } = version;

    /// <summary>What the agent is for, in one sentence for people.</summary>
    public string Description { get; set; } = "";

    /// <summary>The queue of its jobs when the submission names none.</summary>
    public string Queue { get; set; } = "default";

    /// <summary>True for agents that only other agents submit; the pages do not offer them.</summary>
    public bool Internal { get; set; }
}
