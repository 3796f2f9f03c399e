namespace AgentControl.Core.Leases;

/// <summary>Strikes: taken with each lease, given back by an orderly end, wiped by a new record. What remains are crashes and failures.</summary>
public static class StrikeRules
{
    public const int DefaultMaxAttempts = 5;

    /// <summary>Pauses between failed attempts: 10 s, 30 s, 90 s, … at most an hour.</summary>
    public static TimeSpan RetryDelay(int strikes) =>
        TimeSpan.FromSeconds(Math.Min(3_600, 10 * Math.Pow(3, Math.Clamp(strikes, 1, 10) - 1)));
}
