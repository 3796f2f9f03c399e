using System.Text.Json.Nodes;
using AgentControl.Simulation.Faults;

namespace AgentControl.Simulation.Wire;

/// <summary>What Chat Completions and Responses have in common.</summary>
internal abstract class OpenAiDialect : Dialect
{
    public override string RequestIdHeader => "x-request-id";

    public override IEnumerable<(string Name, string Value)> Limits =>
        [
            ("x-ratelimit-limit-requests", "10000"),
            ("x-ratelimit-remaining-requests", "9999"),
            ("x-ratelimit-reset-requests", "6ms"),
            ("x-ratelimit-reset-tokens", "6m0s"),
            ("openai-processing-ms", "12"),
        ];

    /// <summary>OpenAI has no 529: it says 503 <c>server_is_overloaded</c>.</summary>
    public override int Status(Fault fault) => fault.Status == 529 ? 503 : fault.Status!.Value;

    public override JsonNode Error(Fault fault, string requestId) => new JsonObject { ["error"] = ErrorOf(fault) };

    protected static JsonObject ErrorOf(Fault fault) =>
        new()
        {
            ["message"] = fault.Message ?? "Error",
            ["type"] = fault switch
            {
                { Code: "insufficient_quota" } => "insufficient_quota",
                { Status: 429 } => "requests",
                { Status: >= 500 } => "server_error",
                _ => "invalid_request_error",
            },
            ["param"] = null,
            ["code"] = fault.Code,
        };
}
