namespace AgentControl.Core.Anomalies;

/// <summary>From when on something is unusual: the section <c>AgentControl:Anomalies</c>.</summary>
public sealed record AnomalyRules
{
    /// <summary>The same trouble is told again once it was away so long, in seconds.</summary>
    public double QuietSeconds { get; init; } = 300;

    /// <summary>So many retries of one step, or of one service within <see cref="RetryWindowSeconds"/>, are a spike.</summary>
    public int RetrySpike { get; init; } = 4;

    public double RetryWindowSeconds { get; init; } = 60;

    /// <summary>A spike is also so many times what the agent's steps of that name usually need.</summary>
    public double RetryFactor { get; init; } = 3;

    /// <summary>The same step with the same input, or the same observation, so many times is a loop.</summary>
    public int LoopRepeats { get; init; } = 5;

    /// <summary>Among how many of a branch's newest steps repeats are looked for.</summary>
    public int LoopWindow { get; init; } = 20;

    /// <summary>So long without a record, a word or a limited call in flight is a stall, in seconds; longer where the agent's steps of that name are used to it.</summary>
    public double StallSeconds { get; init; } = 300;

    /// <summary>No step that is quicker is slow, in seconds.</summary>
    public double SlowStepSeconds { get; init; } = 5;

    /// <summary>So many times the median of the agent's own steps of that name is slow; the 95th percentile is never.</summary>
    public double SlowStepFactor { get; init; } = 3;

    /// <summary>Fewer recorded steps of that name say nothing about what is usual.</summary>
    public int SlowStepSamples { get; init; } = 20;

    /// <summary>A question is overdue after so long, in seconds, and at half of its own deadline where that comes first.</summary>
    public double ApprovalSeconds { get; init; } = 14_400;

    /// <summary>What is wrong with it, each with the setting's full name and the remedy.</summary>
    /// <param name="section">Where it stands.</param>
    public IEnumerable<string> Problems(string section)
    {
        (string Name, double Value)[] times =
        [
            (nameof(QuietSeconds), QuietSeconds),
            (nameof(RetryWindowSeconds), RetryWindowSeconds),
            (nameof(StallSeconds), StallSeconds),
            (nameof(SlowStepSeconds), SlowStepSeconds),
            (nameof(ApprovalSeconds), ApprovalSeconds),
        ];
        foreach (var (name, value) in times)
        {
            if (value is not (> 0 and <= 31_536_000))
                yield return $"{section}:{name} is {value}. Use more than 0 and at most 31536000.";
        }
        (string Name, double Value)[] factors =
        [
            (nameof(RetryFactor), RetryFactor),
            (nameof(SlowStepFactor), SlowStepFactor),
        ];
        foreach (var (name, value) in factors)
        {
            if (value is not (>= 1 and <= 1_000))
                yield return $"{section}:{name} is {value}. Use 1 to 1000.";
        }
        (string Name, int Value)[] counts =
        [
            (nameof(RetrySpike), RetrySpike),
            (nameof(LoopRepeats), LoopRepeats),
            (nameof(LoopWindow), LoopWindow),
            (nameof(SlowStepSamples), SlowStepSamples),
        ];
        foreach (var (name, value) in counts)
        {
            if (value is < 2 or > 10_000)
                yield return $"{section}:{name} is {value}. Use 2 to 10000.";
        }
        if (LoopWindow < LoopRepeats)
            yield return $"{section}:LoopWindow is {LoopWindow}. Use at least LoopRepeats, {LoopRepeats}.";
    }
}
