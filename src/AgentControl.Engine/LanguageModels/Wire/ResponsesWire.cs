using System.Text.Json;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>OpenAI's Responses.</summary>
internal sealed class ResponsesWire : WireDialect
{
    private const string Completed = "completed";

    public override string RequestIdHeader => "x-request-id";

    public override bool IsGood(string stopReason) => stopReason == Completed;

    protected override WireError? ErrorOf(JsonElement body) => ChatWire.OpenAiError(Member(body, "error"));

    protected override bool ReadEvent(WireRecord record, string name, ReadOnlyMemory<byte> data)
    {
        if (data.Span.SequenceEqual("[DONE]"u8))
            return false;
        using var json = JsonDocument.Parse(data);
        var body = json.RootElement;
        switch (Text(body, "type") ?? name)
        {
            case "response.created" or "response.queued" or "response.in_progress":
                return false;
            case "response.completed":
                End(record, body, Completed);
                return true;
            case "response.incomplete":
                End(record, body, Reason(body));
                return true;
            case "response.failed":
                record.Error =
                    Member(body, "response") is { } failed && ErrorOf(failed) is { } why ? why : new(null, null);
                return false;
            case "error":
                // The documented shape has the members at the top; the service also sends them inside.
                record.Error = ErrorOf(body) ?? ChatWire.OpenAiError(body);
                return false;
            case "response.refusal.delta":
                record.Refuse(Text(body, "delta") ?? "");
                return true;
            default:
                return true;
        }
    }

    /// <summary>In the words of Chat Completions, where the two differ.</summary>
    private static string Reason(JsonElement body)
    {
        var reason =
            Member(body, "response") is { } response && Member(response, "incomplete_details") is { } details
                ? Text(details, "reason")
                : null;
        return reason switch
        {
            "max_output_tokens" => "length",
            null => "incomplete",
            _ => reason,
        };
    }

    private static void End(WireRecord record, JsonElement body, string reason)
    {
        record.IsWhole = true;
        record.StopReason = reason;
        if (Member(body, "response") is not { } response || Member(response, "usage") is not { } usage)
            return;
        record.InputTokens = Count(usage, "input_tokens") ?? 0;
        record.OutputTokens = Count(usage, "output_tokens") ?? 0;
        record.CachedTokens = Count(Member(usage, "input_tokens_details"), "cached_tokens") ?? 0;
    }
}
