using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>The sentences about policies and standing rules.</summary>
internal static class PolicyWords
{
    /// <summary>"2 of finance-leads, not who started the job; within 30 min, else rejected".</summary>
    public static string Terms(ApprovalTerms terms)
    {
        var who = string.Join(", ", terms.Approvers ?? []);
        string?[] parts =
        [
            (terms.Required, who) switch
            {
                ({ } count, "") => Formats.Count(count, "person", "people"),
                ({ } count, _) => $"{count} of {who}",
                (null, "") => null,
                _ => who,
            },
            terms.NotStarter == true ? "not who started the job" : null,
            terms.HighRisk == true ? "high risk" : null,
            Within(terms),
            terms.EscalateTo is { Count: > 0 } next ? $"then {string.Join(", then ", next)}" : null,
            terms.RemindEverySeconds is { } every ? $"reminded every {Formats.Duration(Time(every))}" : null,
            terms.GraceSeconds is { } grace and > 0 ? $"{Formats.Duration(Time(grace))} to take it back" : null,
        ];
        return string.Join(" · ", parts.OfType<string>());
    }

    public static string Decision(StandingRule rule) => rule.Decision == "approve" ? "Approve" : "Reject";

    /// <summary>Why a rule holds no more; null where it holds.</summary>
    public static string? Ended(StandingRule rule, DateTimeOffset now) =>
        rule.RevokedBy is { } by ? $"revoked by {by}"
        : rule.ExpiresAt <= now ? "its time is over"
        : null;

    private static string? Within(ApprovalTerms terms) =>
        (terms.DecideWithinSeconds, terms.OnExpire) switch
        {
            (null, null) => null,
            ({ } seconds, null) => $"within {Formats.Duration(Time(seconds))}",
            ({ } seconds, { } expiry) => $"within {Formats.Duration(Time(seconds))}, else {Else(expiry)}",
            (null, { } expiry) => $"if nobody decides, {Else(expiry)}",
        };

    private static string Else(ApprovalExpiry expiry) =>
        expiry switch
        {
            ApprovalExpiry.Reject => "rejected",
            ApprovalExpiry.Approve => "approved",
            ApprovalExpiry.Escalate => "others are asked too",
            _ => "the job fails",
        };

    private static TimeSpan Time(int seconds) => TimeSpan.FromSeconds(seconds);
}
