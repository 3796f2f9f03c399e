namespace AgentControl.Core.Anomalies;

/// <summary>From when on a question to people has waited too long.</summary>
public static class OverdueApprovals
{
    /// <param name="decideWithin">The question's own deadline; null where it has none.</param>
    public static TimeSpan After(TimeSpan? decideWithin, AnomalyRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var longest = TimeSpan.FromSeconds(rules.ApprovalSeconds);
        return decideWithin / 2 is { } half && half < longest ? half : longest;
    }

    /// <param name="usualSeconds">The median time to a decision about such questions; null where too few are known.</param>
    public static Anomaly Of(
        string title,
        string step,
        DateTimeOffset requested,
        DateTimeOffset now,
        double? usualSeconds,
        DateTimeOffset? deadline
    ) =>
        new(AnomalyKinds.ApprovalOverdue, $"Nobody has decided yet: {title}")
        {
            Cause = deadline is null ? "waits" : "deadline",
            Amount = Math.Round((now - requested).TotalSeconds),
            Usual = usualSeconds is { } usual ? Math.Round(usual, 1) : null,
            Unit = "s",
            Since = requested,
            Step = step,
        };
}
