using AgentControl.Core.Services;

namespace AgentControl.Engine.Services;

/// <summary>Calls that the jobs of one agent made.</summary>
internal sealed record AgentCalls(string Agent, int Calls, int Retries);

/// <summary>Calls of one service, counted.</summary>
internal sealed record ServiceCount
{
    public int Calls { get; init; }

    /// <summary>Calls that failed.</summary>
    public int Failures { get; init; }

    /// <summary>Those of them that say that the service itself is in trouble.</summary>
    public int Trouble { get; init; }
    public int Retries { get; init; }

    /// <summary>Steps that went another way.</summary>
    public int Fallbacks { get; init; }

    /// <summary>How long calls took that did not fail: the buckets of <see cref="LatencyHistogram"/>, without the last empty ones.</summary>
    public int[] Latency { get; init; } = [];

    /// <summary>Of a call that failed: in which way, and what it said.</summary>
    public string? Kind { get; init; }
    public string? Reason { get; init; }

    /// <summary>Who made the calls, by name.</summary>
    public IReadOnlyList<AgentCalls> Agents { get; init; } = [];

    public bool IsEmpty => Calls == 0 && Retries == 0 && Fallbacks == 0;

    /// <summary>A call that is made once more.</summary>
    public static ServiceCount Retry(string agent) => new() { Retries = 1, Agents = [new(agent, 0, 1)] };

    /// <summary>One call, with its outcome.</summary>
    /// <param name="fault">Null where it did not fail.</param>
    public static ServiceCount Call(string service, string agent, TimeSpan took, ServiceFault? fault, string? kind) =>
        fault is null
            ? new()
            {
                Calls = 1,
                Agents = [new(agent, 1, 0)],
                Latency = [.. new int[LatencyHistogram.BucketOf(took)], 1],
            }
            : new()
            {
                Calls = 1,
                Agents = [new(agent, 1, 0)],
                Failures = 1,
                Kind = kind,
                Reason = fault.Describe(service),
            };

    public static ServiceCount operator +(ServiceCount one, ServiceCount other)
    {
        var (shorter, longer) =
            one.Latency.Length < other.Latency.Length ? (one.Latency, other.Latency) : (other.Latency, one.Latency);
        return new()
        {
            Calls = one.Calls + other.Calls,
            Failures = one.Failures + other.Failures,
            Trouble = one.Trouble + other.Trouble,
            Retries = one.Retries + other.Retries,
            Fallbacks = one.Fallbacks + other.Fallbacks,
            Agents =
            [
                .. one
                    .Agents.Concat(other.Agents)
                    .GroupBy(a => a.Agent, StringComparer.Ordinal)
                    .Select(a => new AgentCalls(a.Key, a.Sum(c => c.Calls), a.Sum(c => c.Retries))),
            ],
            Latency = [.. longer.Select((calls, bucket) => calls + shorter.ElementAtOrDefault(bucket))],
            Kind = other.Kind ?? one.Kind,
            Reason = other.Reason ?? one.Reason,
        };
    }
}
