using System.Text.Json;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>OpenAI's Chat Completions.</summary>
internal sealed class ChatWire : WireDialect
{
    public override string RequestIdHeader => "x-request-id";

    public override bool IsGood(string stopReason) => stopReason is "stop" or "tool_calls" or "function_call";

    protected override WireError? ErrorOf(JsonElement body) => OpenAiError(Member(body, "error"));

    /// <summary>The code says more; some errors have a type alone.</summary>
    internal static WireError? OpenAiError(JsonElement? error) =>
        error switch
        {
            { ValueKind: JsonValueKind.Object } some => new(
                Text(some, "code") ?? Text(some, "type"),
                Cut(Text(some, "message"))
            ),
            { ValueKind: JsonValueKind.String } text => new(null, Cut(text.GetString())),
            _ => null,
        };

    protected override bool ReadEvent(WireRecord record, string name, ReadOnlyMemory<byte> data)
    {
        if (data.Span.SequenceEqual("[DONE]"u8))
        {
            record.IsWhole = true;
            return true;
        }
        using var chunk = JsonDocument.Parse(data);
        if (ErrorOf(chunk.RootElement) is { } error)
        {
            record.Error = error;
            return false;
        }
        if (Member(chunk.RootElement, "usage") is { } usage)
        {
            record.InputTokens = Count(usage, "prompt_tokens") ?? 0;
            record.OutputTokens = Count(usage, "completion_tokens") ?? 0;
            record.CachedTokens = Count(Member(usage, "prompt_tokens_details"), "cached_tokens") ?? 0;
        }
        if (Member(chunk.RootElement, "choices") is not { ValueKind: JsonValueKind.Array } choices)
            return false;
        var brings = false;
        foreach (var choice in choices.EnumerateArray())
        {
            record.StopReason = Text(choice, "finish_reason") ?? record.StopReason;
            if (Member(choice, "delta") is not { ValueKind: JsonValueKind.Object } delta)
                continue;
            if (Text(delta, "refusal") is { } refusal)
                record.Refuse(refusal);
            brings |= delta.EnumerateObject().Any(IsToken);
        }
        return brings || record.StopReason is not null;
    }

    /// <summary>Text, calls and whatever else a model says; the role and empty texts only announce it.</summary>
    private static bool IsToken(JsonProperty part) =>
        part.Name != "role"
        && part.Value.ValueKind switch
        {
            JsonValueKind.String => part.Value.GetString()!.Length > 0,
            JsonValueKind.Array => part.Value.GetArrayLength() > 0,
            JsonValueKind.Object => true,
            _ => false,
        };
}
