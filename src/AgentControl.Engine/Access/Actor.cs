namespace AgentControl.Engine.Access;

/// <summary>Who did something, as it is written into events, decisions and the audit trail.</summary>
/// <param name="Id">Stable: <c>person:…</c>, <c>key:…</c>, <c>job:…</c> or <c>system</c>.</param>
/// <param name="Name">For people to read.</param>
/// <param name="From">Where from: address or surface (page, phone, REST, MCP).</param>
public sealed record Actor(string Id, string Name, string? From = null)
{
    /// <summary>The engine itself.</summary>
    public static readonly Actor System = new("system", "AgentControl");

    public bool IsJob => Id.StartsWith("job:", StringComparison.Ordinal);
}
