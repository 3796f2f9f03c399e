using System.Text.Json;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>Reads from a provider's answers what decides about them.</summary>
internal abstract class WireDialect
{
    private const int MaxMessage = 1_000;

    public abstract string RequestIdHeader { get; }

    /// <summary>Whether an answer that stopped so is a whole one.</summary>
    public abstract bool IsGood(string stopReason);

    /// <summary>Notes what an event says. True where it brings something of the answer, false for pings and frames.</summary>
    public bool Read(WireRecord record, string name, ReadOnlyMemory<byte> data)
    {
        try
        {
            return ReadEvent(record, name, data);
        }
        catch (JsonException)
        {
            // The client stumbles over it too, and the call fails as a broken stream.
            return false;
        }
    }

    protected abstract bool ReadEvent(WireRecord record, string name, ReadOnlyMemory<byte> data);

    protected abstract WireError? ErrorOf(JsonElement body);

    /// <summary>The body of an answer that is no success.</summary>
    public WireError ReadError(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (ErrorOf(json.RootElement) is { } error)
                return error;
        }
        catch (JsonException)
        {
            // A proxy on the way answers in its own words.
        }
        return new WireError(null, Cut(body));
    }

    protected static string? Text(JsonElement element, string name) =>
        Member(element, name) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    protected static long? Count(JsonElement? element, string name) =>
        element is { } some
        && Member(some, name) is { ValueKind: JsonValueKind.Number } number
        && number.TryGetInt64(out var value)
            ? value
            : null;

    protected static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    protected static string? Cut(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : text.Length <= MaxMessage ? text
        : text[..MaxMessage] + "…";
}
