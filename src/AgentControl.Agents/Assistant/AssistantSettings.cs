using AgentControl.Core.Budgets;

namespace AgentControl.Agents.Assistant;

/// <summary>An assistant as it is configured: <c>AgentControl:Assistants:{name}</c>. A job takes it over when it starts, and keeps it.</summary>
/// <param name="Name">The agent's name in the catalogue.</param>
public sealed record AssistantSettings(string Name)
{
    public string Description { get; init; } =
        "Works on a task with a language model and tools, and asks before it does something that cannot be taken back.";

    public string Queue { get; init; } = "default";

    /// <summary>What it is told about its work, before everything else.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>A name of <c>AgentControl:Models</c>.</summary>
    public string Route { get; init; } = "default";

    /// <summary>After so many answers of the model without a final one the job fails.</summary>
    public int MaxTurns { get; init; } = 50;

    /// <summary>What the model can read at once, in tokens; null takes the window of the route's primary model.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Most tokens of one answer; null takes the route's.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>0 to 2; null leaves it to the model.</summary>
    public double? Temperature { get; init; }

    /// <summary>What each of its jobs may use where the submission does not say it.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Policies of tools by name, instead of the tools' own.</summary>
    public IReadOnlyDictionary<string, ToolPolicy> Tools { get; init; } = new Dictionary<string, ToolPolicy>();

    /// <summary>Whether it keeps notes beyond its jobs.</summary>
    public bool Notes { get; init; } = true;

    /// <summary>The agents whose jobs it may start.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>The MCP servers whose tools it may use.</summary>
    public IReadOnlyList<string> McpServers { get; init; } = [];
}

/// <summary>What happens where the model calls a tool.</summary>
public enum ToolPolicy
{
    /// <summary>It runs.</summary>
    Allow,

    /// <summary>A person sees the exact arguments, and approves, edits, rejects or answers in its place.</summary>
    Ask,

    /// <summary>It is not offered, and does not run.</summary>
    Deny,
}
