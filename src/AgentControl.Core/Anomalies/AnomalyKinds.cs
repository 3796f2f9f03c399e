namespace AgentControl.Core.Anomalies;

/// <summary>The anomaly kinds of the contract, section 5.</summary>
public static class AnomalyKinds
{
    public const string RateLimited = "rateLimited";
    public const string RetrySpike = "retrySpike";
    public const string CircuitOpened = "circuitOpened";
    public const string CircuitClosed = "circuitClosed";
    public const string FallbackUsed = "fallbackUsed";
    public const string Timeout = "timeout";
    public const string Stalled = "stalled";
    public const string Loop = "loop";
    public const string SlowStep = "slowStep";
    public const string Budget = "budget";
    public const string ApprovalOverdue = "approvalOverdue";
    public const string Recovered = "recovered";
    public const string NonDeterminism = "nonDeterminism";

    public static IReadOnlyList<string> All { get; } =
    [
        RateLimited,
        RetrySpike,
        CircuitOpened,
        CircuitClosed,
        FallbackUsed,
        Timeout,
        Stalled,
        Loop,
        SlowStep,
        Budget,
        ApprovalOverdue,
        Recovered,
        NonDeterminism,
    ];
}
