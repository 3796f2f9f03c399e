using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentControl.Core.Notifications;

namespace AgentControl.Web.Jobs.New;

/// <summary>By whom and of what a job is told, as people fill it in. What is left empty says nothing.</summary>
public sealed class NotifyForm
{
    private static readonly (string Field, string Label)[] _labels =
    [
        ("channels", "Told by"),
        ("on", "When it"),
        ("everyMinutes", "Status every … minutes"),
        ("everyPercent", "Status every … percent"),
        ("commentOnResult", "Comment on the result file"),
    ];

    public HashSet<string> Channels { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The kinds that are told; null for the usual ones.</summary>
    public HashSet<string>? On { get; set; }

    /// <summary>As they were typed; empty tells no status.</summary>
    public string EveryMinutes { get; set; } = "";
    public string EveryPercent { get; set; } = "";
    public bool CommentOnResult { get; set; }

    [JsonIgnore]
    public bool IsEmpty =>
        Channels.Count == 0 && On is null && !CommentOnResult && string.IsNullOrWhiteSpace(EveryMinutes + EveryPercent);

    /// <summary>What a stored job asks for.</summary>
    public static NotifyForm Of(JsonElement? stored)
    {
        if (stored is not { ValueKind: JsonValueKind.Object } notify)
            return new();
        return new()
        {
            Channels = Words("channels") ?? new(StringComparer.Ordinal),
            On = Words("on"),
            EveryMinutes = Number("everyMinutes"),
            EveryPercent = Number("everyPercent"),
            CommentOnResult =
                notify.TryGetProperty("commentOnResult", out var comments) && comments.ValueKind == JsonValueKind.True,
        };

        HashSet<string>? Words(string name) =>
            notify.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(word => word.GetString()!).ToHashSet(StringComparer.Ordinal)
                : null;

        string Number(string name) =>
            notify.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number
                ? number.GetRawText()
                : "";
    }

    public bool Tells(string kind) => On?.Contains(kind) ?? NotificationKind.Usual.Contains(kind);

    public void Tick(string kind, bool told)
    {
        On ??= new(NotificationKind.Usual, StringComparer.Ordinal);
        if (told)
            On.Add(kind);
        else
            On.Remove(kind);
    }

    public void TickChannel(string name, bool told)
    {
        if (told)
            Channels.Add(name);
        else
            Channels.Remove(name);
    }

    /// <summary>What to send; null where nothing is asked for. What is no number is told by its field; the rest is judged by the engine.</summary>
    public JsonElement? Read(Action<string, string> wrong)
    {
        if (IsEmpty)
            return null;
        var notify = new JsonObject();
        if (Channels.Count > 0 || !CommentOnResult)
            notify["channels"] = List(Channels.Order(StringComparer.Ordinal));
        if (On is { } on)
            notify["on"] = List(NotificationKind.All.Where(on.Contains));
        Put("everyMinutes", EveryMinutes);
        Put("everyPercent", EveryPercent);
        if (CommentOnResult)
            notify["commentOnResult"] = true;
        return JsonSerializer.SerializeToElement(notify);

        void Put(string field, string typed)
        {
            if (string.IsNullOrWhiteSpace(typed))
                return;
            if (int.TryParse(typed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                notify[field] = number;
            else
                wrong(field, "Use a whole number, or clear it.");
        }
    }

    /// <summary>What a field such as <c>notify.everyMinutes</c> is called; null where it is none of these.</summary>
    public static string? LabelOf(string field) =>
        _labels.FirstOrDefault(l => field == $"notify.{l.Field}").Label
        ?? (field.StartsWith("notify", StringComparison.Ordinal) ? "Notifications" : null);

    private static JsonArray List(IEnumerable<string> words) => [.. words.Select(w => (JsonNode)w)];
}
