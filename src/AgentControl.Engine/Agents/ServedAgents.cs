namespace AgentControl.Engine.Agents;

/// <summary>What this process can run, as <c>name@version</c>: a lease asks for nothing else.</summary>
internal sealed class ServedAgents(AgentCatalog catalog)
{
    public string[] Keys { get; } = [.. catalog.All.Select(a => $"{a.Name}@{a.Version}")];
}
