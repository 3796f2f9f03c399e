using System.Text.Json;
using System.Text.Json.Serialization;
using AgentControl.Core.Json;

namespace AgentControl.Core.Anomalies;

/// <summary>Something unexpected, also where it was handled: what, how much against usual, since when, whom it touches. Its JSON is the event's <c>data</c>.</summary>
/// <param name="Kind">One of <see cref="AnomalyKinds"/>.</param>
/// <param name="Message">For people: the event's own message.</param>
public sealed record Anomaly(string Kind, [property: JsonIgnore] string Message)
{
    public const string Notice = "info";
    public const string Warning = "warning";
    public const string Critical = "error";

    /// <summary>Level of the event: info, warning or error.</summary>
    [JsonIgnore]
    public string Level { get; init; } = Warning;

    /// <summary>Why, in one stable word or a sentence.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cause { get; init; }

    /// <summary>How much it is, in <see cref="Unit"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Amount { get; init; }

    /// <summary>What it usually is; null where nobody knows yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Usual { get; init; }

    /// <summary><c>s</c>, or what is counted, such as <c>retries</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    /// <summary>Key of the step that it is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Step { get; init; }

    /// <summary>Name of the service that it is about: it touches everybody who needs it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Service { get; init; }

    /// <summary>Reads an event's data, in whatever of its parts it has; what an agent reported of its own has them one level deeper.</summary>
    /// <param name="data">JSON; null and what is no object leave the kind empty.</param>
    public static Anomaly Read(string? data, string message, string level)
    {
        var all = Parse(data);
        JsonElement? inner = Of(all, "data") is { ValueKind: JsonValueKind.Object } own ? own : null;
        JsonElement? Find(string name) => Of(all, name) ?? Of(inner, name);
        string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        double? Number(string name) =>
            Find(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
        return new(Text("kind") ?? "", message)
        {
            Level = level,
            Cause = Text("cause") ?? Text("reason"),
            Amount = Number("amount"),
            Usual = Number("usual"),
            Unit = Text("unit"),
            Since =
                Find("since") is { ValueKind: JsonValueKind.String } since && since.TryGetDateTimeOffset(out var at)
                    ? at
                    : null,
            Step = Text("step"),
            Service = Text("service"),
        };
    }

    private static JsonElement? Parse(string? data)
    {
        try
        {
            return data is null ? null : JsonSerializer.Deserialize<JsonElement>(data, JournalJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Of(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var value) ? value : null;
}
