namespace AgentControl.Core.Agents;

/// <summary>One run of a step's body.</summary>
/// <param name="StepId">Stable over all attempts: pass it on as idempotency key.</param>
/// <param name="Key">The step's key in the journal.</param>
/// <param name="Attempt">1 for the job's first attempt.</param>
/// <param name="CancellationToken">Fires on cancel, timeout and a lost lease.</param>
public sealed record StepCall(string StepId, string Key, int Attempt, CancellationToken CancellationToken)
{
    /// <summary>Shows text to whoever watches the job now, and to nobody later: it is never recorded.</summary>
    public Action<string> Write { get; init; } = static _ => { };

    /// <summary>Says that the step's service was not called after all, because the call was refused on this side: nothing is counted for it, and none is made known by it.</summary>
    public Action NotCalled { get; init; } = static () => { };
}
