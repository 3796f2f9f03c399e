using AgentControl.Core.Services;

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

    /// <summary>What of the service is called, such as the model; told with each failed try.</summary>
    public string? Detail { get; init; }

    /// <summary>The body reads a stream: its attempts are capped by the policy's total time, not by its request time.</summary>
    public bool Streams { get; init; }

    /// <summary>
    /// The ways that the caller has beside this one, in order. A failure that allows one names it (<see cref="Jobs.JobFailure.Fallback"/>) instead of asking a
    /// person, and where the service's circuit is open and that of one of these is not, the step fails at once (<c>circuitOpen</c>) instead of waiting.
    /// </summary>
    public IReadOnlyList<StepFallback> Fallbacks { get; init; } = [];

    /// <summary>
    /// Where the failure of a service goes to a person, makes the step's result of the text that the person gives in its place. Null: only where the result
    /// is a text or JSON can a person give one.
    /// </summary>
    public Func<string, object>? FromPerson { get; init; }
}

/// <summary>Another way to the same result.</summary>
/// <param name="Name">What the failed step's record calls it.</param>
/// <param name="Service">The service that it needs.</param>
/// <param name="Uses">For which failures it may be taken.</param>
public sealed record StepFallback(string Name, string Service, IReadOnlyList<FallbackUse> Uses);
