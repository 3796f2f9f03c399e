using System.Text.Json;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>Anthropic's Messages.</summary>
internal sealed class AnthropicWire : WireDialect
{
    public override string RequestIdHeader => "request-id";

    public override bool IsGood(string stopReason) => stopReason is "end_turn" or "tool_use" or "stop_sequence";

    protected override WireError? ErrorOf(JsonElement body) =>
        Member(body, "error") is { } error ? new(Text(error, "type"), Cut(Text(error, "message"))) : null;

    protected override bool ReadEvent(WireRecord record, string name, ReadOnlyMemory<byte> data)
    {
        switch (name)
        {
            case "content_block_start" or "content_block_delta" or "content_block_stop":
                return true;
            case "message_start":
                using (var start = JsonDocument.Parse(data))
                    ReadUsage(record, Member(start.RootElement, "message"));
                return false;
            case "message_delta":
                using (var end = JsonDocument.Parse(data))
                {
                    record.StopReason = Member(end.RootElement, "delta") is { } delta
                        ? Text(delta, "stop_reason")
                        : null;
                    ReadUsage(record, end.RootElement);
                }
                return true;
            case "message_stop":
                record.IsWhole = true;
                return true;
            case "error":
                using (var body = JsonDocument.Parse(data))
                    record.Error = ErrorOf(body.RootElement) ?? new(null, null);
                return false;
            default:
                return false;
        }
    }

    /// <summary>The counts of the last event are totals; it may leave those of the input out.</summary>
    private static void ReadUsage(WireRecord record, JsonElement? holder)
    {
        if (holder is not { } some || Member(some, "usage") is not { } usage)
            return;
        if (Count(usage, "input_tokens") is { } input)
        {
            record.CachedTokens = Count(usage, "cache_read_input_tokens") ?? record.CachedTokens;
            record.InputTokens = input + record.CachedTokens + (Count(usage, "cache_creation_input_tokens") ?? 0);
        }
        record.OutputTokens = Count(usage, "output_tokens") ?? record.OutputTokens;
    }
}
