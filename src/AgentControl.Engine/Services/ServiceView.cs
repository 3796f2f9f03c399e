using AgentControl.Core.Services;

namespace AgentControl.Engine.Services;

/// <summary>A service as people watch it.</summary>
/// <param name="Calls">Tries of the last hour.</param>
/// <param name="Failures">Those of them that say that the service itself is in trouble.</param>
/// <param name="Waiting">Branches of jobs that wait for its circuit.</param>
public sealed record ServiceView(
    string Name,
    CircuitView Circuit,
    long Calls,
    long Failures,
    long Waiting,
    ServicePolicy Policy
);

/// <summary>The state of a circuit.</summary>
/// <param name="State">closed, open, halfOpen (one call probes) or blocked (by a person, for maintenance).</param>
/// <param name="Since">When it came into this state; null where it never was in another.</param>
/// <param name="Until">Open: when a call may probe. Half-open: when its probe is given up. Blocked: when the block ends.</param>
/// <param name="Reason">The failure that opened it, or the words of whoever blocked it.</param>
/// <param name="ChangedBy">The person who changed it last; null where it changed by itself.</param>
public sealed record CircuitView(
    string State,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string? Reason,
    string? ChangedBy
);
