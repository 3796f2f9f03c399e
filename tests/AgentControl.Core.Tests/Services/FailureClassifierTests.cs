using AgentControl.Core.Services;

namespace AgentControl.Core.Tests.Services;

/// <summary>The wire table, row by row, with the providers' documented words.</summary>
public sealed class FailureClassifierTests
{
    private static readonly RetryPolicy Policy = new();

    [Theory]
    // Rate limits pass; they say nothing about the service's health.
    [InlineData(429, "rate_limit_error", null, "rateLimited", FailureCourse.Retry, false, FallbackUse.Allowed)]
    [InlineData(429, "rate_limit_exceeded", null, "rateLimited", FailureCourse.Retry, false, FallbackUse.Allowed)]
    [InlineData(429, "slow_down", null, "rateLimited", FailureCourse.Retry, false, FallbackUse.Allowed)]
    [InlineData(429, null, null, "rateLimited", FailureCourse.Retry, false, FallbackUse.Allowed)]
    // Money does not come back by trying again.
    [InlineData(429, "insufficient_quota", null, "spendLimit", FailureCourse.Fail, false, FallbackUse.Allowed)]
    [InlineData(
        429,
        "project_spend_limit_exceeded",
        null,
        "spendLimit",
        FailureCourse.Fail,
        false,
        FallbackUse.Allowed
    )]
    [InlineData(
        429,
        "rate_limit_error",
        "This request would exceed your organization's monthly spend limit.",
        "spendLimit",
        FailureCourse.Fail,
        false,
        FallbackUse.Allowed
    )]
    [InlineData(402, "billing_error", null, "spendLimit", FailureCourse.Fail, false, FallbackUse.Allowed)]
    // The service is in trouble.
    [InlineData(529, "overloaded_error", null, "overloaded", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(503, "server_is_overloaded", null, "overloaded", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(500, "api_error", null, "unavailable", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(502, null, null, "unavailable", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(504, "timeout_error", null, "unavailable", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(408, null, null, "timeout", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(409, "conflict_error", null, "unavailable", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(null, null, "Connection refused", "unavailable", FailureCourse.Retry, true, FallbackUse.Allowed)]
    [InlineData(null, "timeout", null, "timeout", FailureCourse.Retry, true, FallbackUse.Allowed)]
    // The set-up is wrong: nothing may hide it.
    [InlineData(401, "authentication_error", null, "denied", FailureCourse.Fail, false, FallbackUse.Never)]
    [InlineData(403, "permission_error", null, "denied", FailureCourse.Fail, false, FallbackUse.Never)]
    [InlineData(404, "not_found_error", null, "notFound", FailureCourse.Fail, false, FallbackUse.Never)]
    [InlineData(413, "request_too_large", null, "tooLarge", FailureCourse.Fail, false, FallbackUse.Never)]
    // Too much text: only a larger window helps.
    [InlineData(
        400,
        "invalid_request_error",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "contextTooLong",
        FailureCourse.Fail,
        false,
        FallbackUse.LargerWindow
    )]
    [InlineData(
        400,
        "invalid_request_error",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "contextTooLong",
        FailureCourse.Fail,
        false,
        FallbackUse.LargerWindow
    )]
    [InlineData(
        400,
        "context_length_exceeded",
        null,
        "contextTooLong",
        FailureCourse.Fail,
        false,
        FallbackUse.LargerWindow
    )]
    // Refusals go to a person.
    [InlineData(400, "invalid_prompt", null, "refused", FailureCourse.AskPerson, false, FallbackUse.OnRequest)]
    [InlineData(400, "cyber_policy", null, "refused", FailureCourse.AskPerson, false, FallbackUse.OnRequest)]
    // Any other 400 is ours.
    [InlineData(
        400,
        "invalid_request_error",
        "messages: roles must alternate",
        "invalid",
        FailureCourse.Fail,
        false,
        FallbackUse.Never
    )]
    [InlineData(409, "something_else", null, "invalid", FailureCourse.Fail, false, FallbackUse.Never)]
    [InlineData(422, null, null, "invalid", FailureCourse.Fail, false, FallbackUse.Never)]
    // What nobody documented fails closed.
    [InlineData(302, null, null, "unknown", FailureCourse.AskPerson, false, FallbackUse.Never)]
    public void An_answer_with_an_error(
        int? status,
        string? code,
        string? message,
        string kind,
        FailureCourse course,
        bool counts,
        FallbackUse fallback
    ) =>
        AssertVerdict(
            new()
            {
                Status = status,
                Code = code,
                Message = message,
            },
            kind,
            course,
            counts,
            fallback
        );

    [Theory]
    [InlineData("refusal", "refused", FailureCourse.AskPerson, FallbackUse.OnRequest)]
    [InlineData("content_filter", "refused", FailureCourse.AskPerson, FallbackUse.OnRequest)]
    [InlineData("max_tokens", "unfinished", FailureCourse.Unfinished, FallbackUse.Never)]
    [InlineData("model_context_window_exceeded", "unfinished", FailureCourse.Unfinished, FallbackUse.Never)]
    [InlineData("pause_turn", "unfinished", FailureCourse.Unfinished, FallbackUse.Never)]
    [InlineData("length", "unfinished", FailureCourse.Unfinished, FallbackUse.Never)]
    [InlineData("brand_new_reason", "unknown", FailureCourse.AskPerson, FallbackUse.Never)]
    public void A_200_that_is_no_success(string stop, string kind, FailureCourse course, FallbackUse fallback) =>
        AssertVerdict(new() { Status = 200, StopReason = stop }, kind, course, false, fallback);

    [Theory]
    [InlineData("overloaded_error", "overloaded", true)]
    [InlineData("api_error", "cutStream", true)]
    [InlineData(null, "cutStream", true)]
    [InlineData("rate_limit_exceeded", "rateLimited", false)]
    public void A_stream_that_breaks_is_thrown_away_and_tried_again(string? code, string kind, bool counts) =>
        AssertVerdict(
            new()
            {
                Status = 200,
                Code = code,
                InStream = true,
            },
            kind,
            FailureCourse.Retry,
            counts,
            FallbackUse.Allowed
        );

    [Fact]
    public void A_context_error_inside_a_stream_is_not_tried_again() =>
        AssertVerdict(
            new()
            {
                Status = 200,
                Code = "context_length_exceeded",
                InStream = true,
            },
            "contextTooLong",
            FailureCourse.Fail,
            false,
            FallbackUse.LargerWindow
        );

    [Theory]
    [InlineData(400, true, FailureCourse.Retry)]
    [InlineData(529, false, FailureCourse.Fail)]
    [InlineData(429, null, FailureCourse.Retry)]
    public void The_services_own_word_overrides_the_table(int status, bool? word, FailureCourse course) =>
        Assert.Equal(course, FailureClassifier.Classify(new() { Status = status, ShouldRetry = word }, Policy).Course);

    [Fact]
    public void A_refusal_is_not_tried_again_whatever_the_service_says() =>
        Assert.Equal(
            FailureCourse.AskPerson,
            FailureClassifier
                .Classify(
                    new()
                    {
                        Status = 400,
                        Code = "invalid_prompt",
                        ShouldRetry = true,
                    },
                    Policy
                )
                .Course
        );

    [Fact]
    public void A_status_that_the_policy_does_not_list_is_not_tried_again() =>
        Assert.Equal(
            FailureCourse.Fail,
            FailureClassifier.Classify(new() { Status = 500 }, Policy with { RetryableStatusCodes = [429] }).Course
        );

    private static void AssertVerdict(
        ServiceFault fault,
        string kind,
        FailureCourse course,
        bool counts,
        FallbackUse fallback
    )
    {
        var verdict = FailureClassifier.Classify(fault, Policy);
        Assert.Equal(
            (kind, course, counts, fallback),
            (verdict.Kind, verdict.Course, verdict.CountsForCircuit, verdict.Fallback)
        );
        if (course is FailureCourse.Fail or FailureCourse.AskPerson)
            Assert.False(string.IsNullOrWhiteSpace(verdict.Hint));
    }
}
