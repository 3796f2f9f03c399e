namespace AgentControl.Simulation.Faults;

/// <summary>The providers' documented failures by name. Each says the same thing in every dialect, as that provider says it.</summary>
public static class FaultCatalog
{
    private static readonly Dictionary<string, Fault> _all = new Fault[]
    {
        // Limits of the rate.
        Http(
            "rateLimited",
            429,
            "rate_limit_error",
            "rate_limit_exceeded",
            "Number of requests has exceeded your rate limit"
        ),
        Http("slowDown", 429, "rate_limit_error", "slow_down", "Slow down"),
        // Limits of money.
        Http(
            "spendLimit",
            429,
            "rate_limit_error",
            "project_spend_limit_exceeded",
            "You have reached your spend limit"
        ),
        Http(
            "quota",
            429,
            "rate_limit_error",
            "insufficient_quota",
            "You exceeded your current quota; this workspace reached its spend limit"
        ),
        Http(
            "billing",
            402,
            "billing_error",
            "billing_not_active",
            "Your account is not active, please check your billing details"
        ),
        // Trouble of the provider.
        Http("overloaded", 529, "overloaded_error", "server_is_overloaded", "Overloaded"),
        Http(
            "serverError",
            500,
            "api_error",
            "server_error",
            "An unexpected error has occurred internal to the systems"
        ),
        Http("badGateway", 502, "api_error", "server_error", "Bad gateway"),
        Http("unavailable", 503, "api_error", "server_is_overloaded", "Service unavailable"),
        Http("gatewayTimeout", 504, "timeout_error", "server_error", "Gateway timeout"),
        Http("requestTimeout", 408, "timeout_error", "request_timeout", "Request timed out"),
        Http("conflict", 409, "conflict_error", "conflict_error", "Another request is under way"),
        new() { Name = "connectionRefused", Refuse = true },
        // Set-up.
        Http("unauthorized", 401, "authentication_error", "invalid_api_key", "Incorrect API key provided"),
        Http(
            "forbidden",
            403,
            "permission_error",
            "unsupported_country_region_territory",
            "Your API key may not use this resource"
        ),
        Http("notFound", 404, "not_found_error", "model_not_found", "The model does not exist"),
        Http(
            "tooLarge",
            413,
            "request_too_large",
            "request_too_large",
            "Request exceeds the maximum allowed number of bytes"
        ),
        // The request.
        Http(
            "contextTooLong",
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "prompt is too long: 250000 tokens > 200000 maximum"
        ),
        Http(
            "contextLimit",
            400,
            "invalid_request_error",
            "context_length_exceeded",
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"
        ),
        Http("invalidPrompt", 400, "invalid_request_error", "invalid_prompt", "Your prompt was flagged"),
        Http(
            "policy",
            400,
            "invalid_request_error",
            "content_policy_violation",
            "Your request was rejected by the safety system"
        ),
        Http("invalidRequest", 400, "invalid_request_error", "invalid_value", "max_tokens: must be at least 1"),
        // Answers that are none.
        new() { Name = "refusal", StopReason = "refusal" },
        new() { Name = "contentFilter", StopReason = "content_filter" },
        new() { Name = "refusedInWords", Refusal = "I cannot help with that." },
        new() { Name = "maxTokens", StopReason = "max_tokens" },
        new() { Name = "contextWindow", StopReason = "model_context_window_exceeded" },
        new() { Name = "pauseTurn", StopReason = "pause_turn" },
        new() { Name = "unknownStop", StopReason = "quantum_decoherence" },
        // Streams.
        new() { Name = "slowFirstToken", FirstTokenDelaySeconds = 60 },
        new() { Name = "silence", Stream = StreamFault.Silence },
        new()
        {
            Name = "silentFromTheStart",
            Stream = StreamFault.Silence,
            AfterTokens = 0,
        },
        new() { Name = "pings", Stream = StreamFault.Pings },
        new() { Name = "dropped", Stream = StreamFault.Drop },
        new() { Name = "cut", Stream = StreamFault.End },
        new() { Name = "hold", Stream = StreamFault.Hold },
        InStream("errorInStream", "api_error", "server_error", "Internal server error"),
        InStream("overloadedInStream", "overloaded_error", "server_is_overloaded", "Overloaded"),
        InStream("rateLimitedInStream", "rate_limit_error", "rate_limit_exceeded", "Rate limit reached"),
        InStream(
            "contextInStream",
            "invalid_request_error",
            "context_length_exceeded",
            "Your input exceeds the context window"
        ),
        InStream("invalidPromptInStream", "invalid_request_error", "invalid_prompt", "Your prompt was flagged"),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => _all.Keys;

    public static Fault? Find(string name) => _all.GetValueOrDefault(name);

    private static Fault Http(string name, int status, string type, string code, string message) =>
        new()
        {
            Name = name,
            Status = status,
            Type = type,
            Code = code,
            Message = message,
        };

    private static Fault InStream(string name, string type, string code, string message) =>
        new()
        {
            Name = name,
            Stream = StreamFault.Error,
            Type = type,
            Code = code,
            Message = message,
        };
}
