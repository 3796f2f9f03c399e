namespace AgentControl.Core.Agents;

/// <summary>How one step is run and recorded.</summary>
public sealed record StepOptions
{
    /// <summary>An explicit key, unique in the job, instead of scope + name + count.</summary>
    public string? Key { get; init; }

    /// <summary>Shown beside the step: code, model, tool, file, …</summary>
    public string Kind { get; init; } = "code";

    /// <summary>Its start is committed before its effect; after a crash in between a person decides instead of running it again.</summary>
    public bool NotIdempotent { get; init; }

    /// <summary>Caps one run of the body; null leaves it to the service's policy, and without a service to the job's own timeout.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The external service this step calls: its policy says how long an attempt may take, and what is tried again.</summary>
    public string? Service { get; init; }

    /// <summary>The body reads a stream: its attempts are capped by the policy's total time, not by its request time.</summary>
    public bool Streams { get; init; }
}
