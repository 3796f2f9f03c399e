using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Simulation.Faults;

namespace AgentControl.Simulation.Wire;

/// <summary>A stream in its parts: what comes before the first token, one frame or more a token, and the end.</summary>
internal sealed record Frames(
    IReadOnlyList<string> Opening,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<string> Closing
);

/// <summary>How a provider speaks.</summary>
internal abstract class Dialect
{
    private static readonly JsonSerializerOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public abstract string Name { get; }

    public abstract string RequestIdHeader { get; }

    public abstract Conversation Read(JsonElement body);

    public abstract JsonNode Body(Conversation conversation, Answer answer, Fault? fault, string id);

    public abstract Frames Stream(Conversation conversation, Answer answer, Fault? fault, string id);

    public abstract JsonNode Error(Fault fault, string requestId);

    /// <summary>The error event inside a stream.</summary>
    public abstract string ErrorFrame(Fault fault);

    /// <summary>What keeps a silent connection open.</summary>
    public virtual string Ping => ": keep-alive\n\n";

    /// <summary>The status that this provider uses for the fault.</summary>
    public virtual int Status(Fault fault) => fault.Status!.Value;

    /// <summary>What the provider says of its limits with each answer.</summary>
    public abstract IEnumerable<(string Name, string Value)> Limits { get; }

    protected static string Frame(string? name, JsonNode data) =>
        $"{(name is null ? "" : $"event: {name}\n")}data: {data.ToJsonString(_json)}\n\n";

    /// <summary>Words with the blanks behind them.</summary>
    protected static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != ' ' && at + 1 < text.Length)
                continue;
            yield return text[start..(at + 1)];
            start = at + 1;
        }
    }

    /// <summary>Arguments in pieces, as they stream.</summary>
    protected static IEnumerable<string> Pieces(string text) => text.Chunk(12).Select(piece => new string(piece));

    protected static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    protected static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    protected static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt32()
            : null;

    protected static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    protected static JsonElement? Member(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element.ValueKind == JsonValueKind.Null ? null : element;
    }

    /// <summary>A content that is a text or a list of parts with texts.</summary>
    protected static string Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
            return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => Text(part, "text") ?? "")),
            _ => "",
        };
    }
}
