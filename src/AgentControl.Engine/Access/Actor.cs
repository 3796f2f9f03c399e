namespace AgentControl.Engine.Access;

/// <summary>Who did something, as it is written into events, decisions and the audit trail.</summary>
/// <param name="Id">Stable: <c>person:…</c>, <c>key:…</c>, <c>job:…</c> or <c>system</c>.</param>
/// <param name="Name">For people to read.</param>
/// <param name="From">Where from: address or surface (page, phone, REST, MCP).</param>
/// <param name="Person">The person who answers for it: themselves, or the owner of the key. None for programs.</param>
public sealed record Actor(string Id, string Name, string? From = null, Guid? Person = null)
{
    /// <summary>The engine itself.</summary>
    public static readonly Actor System = new("system", "AgentControl");

    /// <summary>Whose vote it is: a person and their keys are one.</summary>
    public string Voter => Person is { } person ? $"person:{person}" : Id;

    /// <summary>People and keys: what they change is written into the audit log. What jobs and the engine do stands in the jobs' own logs.</summary>
    public bool IsAccountable => !IsJob && Id != System.Id;

    public bool IsJob => Id.StartsWith("job:", StringComparison.Ordinal);
}
