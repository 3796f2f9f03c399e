using System.Text.Json;
using AgentControl.Core.Notifications;

namespace AgentControl.Engine.Notifications;

/// <summary>What a job's own <c>notify</c> asks for: <c>{"channels":["ops"],"on":["failed"],"everyMinutes":30,"commentOnResult":true}</c>.</summary>
internal sealed record JobNotify(IReadOnlyCollection<string> Channels, IReadOnlyCollection<string> On)
{
    private const string ChannelsField = "channels";
    private const string OnField = "on";
    private const string MinutesField = "everyMinutes";
    private const string PercentField = "everyPercent";
    private const string CommentField = "commentOnResult";
    private static readonly string[] _fields = [ChannelsField, OnField, MinutesField, PercentField, CommentField];

    public int? EveryMinutes { get; init; }
    public int? EveryPercent { get; init; }

    /// <summary>The job's end is said in a comment on its result file.</summary>
    public bool CommentOnResult { get; init; }

    /// <summary>What was stored; what does not fit is left out.</summary>
    public static JobNotify? Read(string? json)
    {
        if (json is null)
            return null;
        using var document = JsonDocument.Parse(json);
        var notify = document.RootElement;
        if (notify.ValueKind != JsonValueKind.Object)
            return null;
        var comments = Comments(notify) == true;
        if (Words(notify, ChannelsField) is not { } channels)
        {
            if (!comments)
                return null;
            channels = [];
        }
        return new(channels, Words(notify, OnField) ?? NotificationKind.Usual)
        {
            EveryMinutes = Number(notify, MinutesField, 1_440),
            EveryPercent = Number(notify, PercentField, 50),
            CommentOnResult = comments,
        };
    }

    /// <summary>Tells what is wrong with the shape, by field. Whether the channels exist is asked when the job is stored.</summary>
    public static void Check(JsonElement notify, string field, Action<string, string> wrong)
    {
        if (notify.ValueKind != JsonValueKind.Object)
        {
            wrong(field, "Use an object such as {\"channels\": [\"ops\"], \"on\": [\"failed\"]}.");
            return;
        }
        foreach (var part in notify.EnumerateObject().Where(p => !_fields.Contains(p.Name, StringComparer.Ordinal)))
            wrong($"{field}.{part.Name}", $"It is unknown. Use: {string.Join(", ", _fields)}.");
        if (notify.TryGetProperty(CommentField, out _) && Comments(notify) is null)
            wrong($"{field}.{CommentField}", "Use true or false.");
        var channels = Words(notify, ChannelsField);
        var needsNone = Comments(notify) == true && !notify.TryGetProperty(ChannelsField, out _);
        if (channels is not { Count: > 0 } && !needsNone)
            wrong($"{field}.{ChannelsField}", "Name the channels that tell it: a list of one or more names.");
        if (notify.TryGetProperty(OnField, out _))
        {
            var on = Words(notify, OnField);
            if (on is null)
                wrong($"{field}.{OnField}", $"Use a list of: {string.Join(", ", NotificationKind.All)}.");
            else if (on.FirstOrDefault(k => !NotificationKind.All.Contains(k, StringComparer.Ordinal)) is { } unknown)
                wrong($"{field}.{OnField}", $"'{unknown}' is unknown. Use: {string.Join(", ", NotificationKind.All)}.");
        }
        if (notify.TryGetProperty(MinutesField, out _) && Number(notify, MinutesField, 1_440) is null)
            wrong($"{field}.{MinutesField}", "Use a whole number from 1 to 1440.");
        if (notify.TryGetProperty(PercentField, out _) && Number(notify, PercentField, 50) is null)
            wrong($"{field}.{PercentField}", "Use a whole number from 1 to 50.");
    }

    /// <summary>Null where it is no list of texts.</summary>
    private static IReadOnlyCollection<string>? Words(JsonElement notify, string name) =>
        notify.TryGetProperty(name, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
            : null;

    private static bool? Comments(JsonElement notify) =>
        notify.TryGetProperty(CommentField, out var value)
        && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    private static int? Number(JsonElement notify, string name, int most) =>
        notify.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
        && number >= 1
        && number <= most
            ? number
            : null;
}
