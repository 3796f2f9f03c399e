namespace AgentControl.Core.Services;

/// <summary>How one external service is called: limits of time, short retries, and the circuit (contract, section 9). All times in seconds.</summary>
public sealed record ServicePolicy
{
    /// <summary>Caps a call that does not stream.</summary>
    public double RequestTimeoutSeconds { get; init; } = 20;

    /// <summary>Caps the silence before a stream's first token.</summary>
    public double FirstTokenTimeoutSeconds { get; init; } = 20;

    /// <summary>Caps the silence between two tokens.</summary>
    public double StreamIdleTimeoutSeconds { get; init; } = 30;

    /// <summary>Caps one attempt as a whole, streaming or not.</summary>
    public double TotalTimeoutSeconds { get; init; } = 300;

    /// <summary>Caps all attempts of a step together; parked time does not count.</summary>
    public double StepTimeoutSeconds { get; init; } = 900;

    /// <summary>A longer back-off holds no worker: the branch parks.</summary>
    public double ParkAfterSeconds { get; init; } = 5;

    public RetryPolicy Retry { get; init; } = new();

    public CircuitPolicy Circuit { get; init; } = new();

    /// <summary>What is wrong with it, each with the setting's full name and the remedy.</summary>
    /// <param name="section">Where it stands, such as <c>AgentControl:Services:model</c>.</param>
    public IEnumerable<string> Problems(string section)
    {
        (string Name, double Value)[] times =
        [
            (nameof(RequestTimeoutSeconds), RequestTimeoutSeconds),
            (nameof(FirstTokenTimeoutSeconds), FirstTokenTimeoutSeconds),
            (nameof(StreamIdleTimeoutSeconds), StreamIdleTimeoutSeconds),
            (nameof(TotalTimeoutSeconds), TotalTimeoutSeconds),
            (nameof(StepTimeoutSeconds), StepTimeoutSeconds),
            ("Retry:" + nameof(Retry.BaseDelaySeconds), Retry.BaseDelaySeconds),
            ("Retry:" + nameof(Retry.MaxDelaySeconds), Retry.MaxDelaySeconds),
            ("Circuit:" + nameof(Circuit.WindowSeconds), Circuit.WindowSeconds),
            ("Circuit:" + nameof(Circuit.BreakSeconds), Circuit.BreakSeconds),
            ("Circuit:" + nameof(Circuit.RampStartPerSecond), Circuit.RampStartPerSecond),
        ];
        foreach (var (name, value) in times)
        {
            if (value is not (> 0 and <= 86_400))
                yield return $"{section}:{name} is {value}. Use more than 0 and at most 86400.";
        }
        if (ParkAfterSeconds is not (>= 0 and <= 3_600))
            yield return $"{section}:ParkAfterSeconds is {ParkAfterSeconds}. Use 0 to 3600.";
        if (Retry.MaxRetries is < 0 or > 100)
            yield return $"{section}:Retry:MaxRetries is {Retry.MaxRetries}. Use 0 to 100.";
        if (Retry.ExponentialBase is not (>= 1 and <= 10))
            yield return $"{section}:Retry:ExponentialBase is {Retry.ExponentialBase}. Use 1 to 10.";
        if (Retry.JitterFraction is not (>= 0 and < 1))
            yield return $"{section}:Retry:JitterFraction is {Retry.JitterFraction}. Use 0 to less than 1.";
        if (Circuit.FailureRatio is not (> 0 and <= 1))
            yield return $"{section}:Circuit:FailureRatio is {Circuit.FailureRatio}. Use more than 0 and at most 1.";
        if (Circuit.MinimumCalls is < 1 or > 10_000)
            yield return $"{section}:Circuit:MinimumCalls is {Circuit.MinimumCalls}. Use 1 to 10000.";
        if (Circuit.RampFactor is not (>= 1 and <= 100))
            yield return $"{section}:Circuit:RampFactor is {Circuit.RampFactor}. Use 1 to 100.";
    }
}

/// <summary>Retries of one call: exponential, with jitter, capped.</summary>
public sealed record RetryPolicy
{
    /// <summary>Five retries are six tries.</summary>
    public int MaxRetries { get; init; } = 5;

    public double BaseDelaySeconds { get; init; } = 0.5;

    public double ExponentialBase { get; init; } = 2;

    public double MaxDelaySeconds { get; init; } = 30;

    /// <summary>0.2 spreads a delay evenly over ±20 %.</summary>
    public double JitterFraction { get; init; } = 0.2;

    /// <summary>Beside these, 408 and a 409 <c>conflict_error</c> are always retried.</summary>
    public IReadOnlyList<int> RetryableStatusCodes { get; init; } = [429, 500, 502, 503, 504, 529];

    /// <summary>The pause before the given retry.</summary>
    /// <param name="retry">1 for the first.</param>
    /// <param name="random">0 to 1; its place in the spread.</param>
    public TimeSpan Delay(int retry, double random)
    {
        var delay = Math.Min(MaxDelaySeconds, BaseDelaySeconds * Math.Pow(ExponentialBase, Math.Max(retry, 1) - 1));
        return TimeSpan.FromSeconds(delay * (1 + JitterFraction * (2 * random - 1)));
    }
}

/// <summary>When a service is left alone, and how it is taken up again.</summary>
public sealed record CircuitPolicy
{
    /// <summary>The part of the calls in the window that must fail to open the circuit.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Fewer calls in the window never open it.</summary>
    public int MinimumCalls { get; init; } = 8;

    public double WindowSeconds { get; init; } = 30;

    /// <summary>How long it stays open before one call may probe.</summary>
    public double BreakSeconds { get; init; } = 30;

    /// <summary>Waiting branches that are let go in the first second after a successful probe.</summary>
    public double RampStartPerSecond { get; init; } = 1;

    /// <summary>Each further second lets this many times as many go.</summary>
    public double RampFactor { get; init; } = 2;
}
