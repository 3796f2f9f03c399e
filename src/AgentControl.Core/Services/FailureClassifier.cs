namespace AgentControl.Core.Services;

/// <summary>What is done about a failed call.</summary>
public enum FailureCourse
{
    /// <summary>The same call again, after a pause.</summary>
    Retry,

    /// <summary>Not again: the step fails, with a hint where to set it right.</summary>
    Fail,

    /// <summary>Not again: a person decides.</summary>
    AskPerson,

    /// <summary>An answer that is not whole: go on from it, or fail clearly.</summary>
    Unfinished,
}

/// <summary>What follows from a fault.</summary>
/// <param name="Kind">A stable word: rateLimited, spendLimit, overloaded, unavailable, timeout, denied, notFound, tooLarge, contextTooLong, refused, unfinished, cutStream, invalid, outcomeUnknown, unknown.</param>
/// <param name="Course">What is done.</param>
/// <param name="CountsForCircuit">Whether the service itself is in trouble.</param>
/// <param name="Fallback">Whether the route's next provider may take over: always, only where the route says so, or never.</param>
/// <param name="After">The pause that the service asked for.</param>
/// <param name="Hint">What a person can do about it.</param>
public sealed record FailureVerdict(
    string Kind,
    FailureCourse Course,
    bool CountsForCircuit,
    FallbackUse Fallback,
    TimeSpan? After,
    string? Hint
);

/// <summary>When the route's next provider may take over.</summary>
public enum FallbackUse
{
    Never,
    Allowed,

    /// <summary>Only a model with a larger window.</summary>
    LargerWindow,

    /// <summary>Only where the route says so.</summary>
    OnRequest,
}

/// <summary>
/// Which failures are tried again and which are not: one pure table, from the errors that Anthropic and OpenAI document. What it does not know goes to a person.
/// </summary>
public static class FailureClassifier
{
    private static readonly string[] _spend =
    [
        "billing_error",
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
    ];

    private static readonly string[] _context =
    [
        "prompt is too long",
        "input length and `max_tokens` exceed context limit",
        "input length and max_tokens exceed context limit",
    ];

    public static FailureVerdict Classify(ServiceFault fault, RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentNullException.ThrowIfNull(policy);
        var verdict = Table(fault, policy) with { After = fault.RetryAfter };
        return fault.ShouldRetry switch
        {
            true when verdict.Course == FailureCourse.Fail => verdict with { Course = FailureCourse.Retry },
            false when verdict.Course == FailureCourse.Retry => verdict with { Course = FailureCourse.Fail },
            _ => verdict,
        };
    }

    private static FailureVerdict Table(ServiceFault fault, RetryPolicy policy)
    {
        if (IsSpendLimit(fault))
            return Verdict(
                "spendLimit",
                FailureCourse.Fail,
                FallbackUse.Allowed,
                "Raise the spending limit of the account, or pay its bill."
            );
        if (IsContext(fault))
            return Verdict(
                "contextTooLong",
                FailureCourse.Fail,
                FallbackUse.LargerWindow,
                "Send less text, or route to a model with a larger window."
            );
        if (IsRefusal(fault))
            return Verdict(
                "refused",
                FailureCourse.AskPerson,
                FallbackUse.OnRequest,
                "The model refused the request. Look at what was asked."
            );
        if (fault.StopReason is "max_tokens" or "model_context_window_exceeded" or "pause_turn" or "length")
            return Verdict(
                "unfinished",
                FailureCourse.Unfinished,
                FallbackUse.Never,
                "The answer was cut. Allow more output tokens."
            );
        if (fault.StopReason is { } reason)
            return Verdict(
                "unknown",
                FailureCourse.AskPerson,
                FallbackUse.Never,
                $"The stop reason '{reason}' is not known."
            );
        if (fault.Code == ServiceFault.OutcomeUnknown)
            return Verdict(
                "outcomeUnknown",
                FailureCourse.AskPerson,
                FallbackUse.Never,
                "Whether it happened is not known: look, before it is tried again."
            ) with
            {
                CountsForCircuit = true,
            };
        return fault.Status switch
        {
            429 => Verdict("rateLimited", FailureCourse.Retry, FallbackUse.Allowed),
            401 or 403 => Verdict(
                "denied",
                FailureCourse.Fail,
                FallbackUse.Never,
                "Check the key of this service and what it may do."
            ),
            404 => Verdict(
                "notFound",
                FailureCourse.Fail,
                FallbackUse.Never,
                "Check the address of this service and the name of the model."
            ),
            413 => Verdict("tooLarge", FailureCourse.Fail, FallbackUse.Never, "Send less at once."),
            402 => Verdict(
                "spendLimit",
                FailureCourse.Fail,
                FallbackUse.Allowed,
                "Raise the spending limit of the account, or pay its bill."
            ),
            408 => Trouble("timeout"),
            409 when fault.Code == "conflict_error" => Trouble("unavailable"),
            _ when fault is { InStream: true, Code: "rate_limit_error" or "rate_limit_exceeded" or "slow_down" } =>
                Verdict("rateLimited", FailureCourse.Retry, FallbackUse.Allowed),
            _ when fault.InStream => Trouble(IsOverload(fault) ? "overloaded" : "cutStream"),
            null => Trouble(fault.Code == ServiceFault.TimedOut ? "timeout" : "unavailable"),
            { } status when policy.RetryableStatusCodes.Contains(status) => Trouble(
                IsOverload(fault) ? "overloaded" : "unavailable"
            ),
            >= 400 and < 500 => Verdict(
                "invalid",
                FailureCourse.Fail,
                FallbackUse.Never,
                "The service did not accept the request. Its message says why."
            ),
            >= 500 => Verdict("unavailable", FailureCourse.Fail, FallbackUse.Allowed) with { CountsForCircuit = true },
            _ => Verdict(
                "unknown",
                FailureCourse.AskPerson,
                FallbackUse.Never,
                "This answer of the service is not known."
            ),
        };
    }

    private static FailureVerdict Verdict(
        string kind,
        FailureCourse course,
        FallbackUse fallback,
        string? hint = null
    ) => new(kind, course, false, fallback, null, hint);

    /// <summary>The service itself is in trouble: again, counted, then the fallback.</summary>
    private static FailureVerdict Trouble(string kind) =>
        new(kind, FailureCourse.Retry, true, FallbackUse.Allowed, null, null);

    private static bool IsSpendLimit(ServiceFault fault) =>
        fault.Code is { } code
            && (
                _spend.Contains(code, StringComparer.Ordinal)
                || code.EndsWith("_spend_limit_exceeded", StringComparison.Ordinal)
            )
        || fault is { Status: 429, Message: { } message }
            && message.Contains("spend limit", StringComparison.OrdinalIgnoreCase);

    private static bool IsContext(ServiceFault fault) =>
        fault.Code == "context_length_exceeded"
        || fault is { Status: 400, Message: { } message }
            && _context.Any(c => message.Contains(c, StringComparison.OrdinalIgnoreCase));

    private static bool IsRefusal(ServiceFault fault) =>
        fault.StopReason is "refusal" or "content_filter"
        || fault is { Code: { } code }
            && (fault.Status == 400 || fault.InStream)
            && (
                code == "invalid_prompt"
                || code.EndsWith("_policy", StringComparison.Ordinal)
                || code.EndsWith("_policy_violation", StringComparison.Ordinal)
            );

    private static bool IsOverload(ServiceFault fault) =>
        fault.Status == 529 || fault.Code is "overloaded_error" or "server_is_overloaded";
}
