using AgentControl.Engine.Access;

namespace AgentControl.Engine.Audit;

/// <summary>What somebody did, to be written beside the change itself.</summary>
/// <param name="Action">A lower-camel word with its subject first: <c>key.created</c>, <c>job.cancelled</c>.</param>
/// <param name="Target">What it was done to: <c>key:…</c>, <c>job:…</c>, <c>queue:default</c>.</param>
public sealed record AuditEntry(Actor Who, string Action, string Target)
{
    /// <summary>The target's name for people.</summary>
    public string? TargetName { get; init; }

    /// <summary>The part that changed, as it was: any value that turns into JSON. Never a secret.</summary>
    public object? Before { get; init; }

    public object? After { get; init; }
}
