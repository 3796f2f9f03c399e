using System.Net;
using System.Text;
using System.Text.Json;

namespace AgentControl.Engine.Notifications;

/// <summary>Somebody pressed a button below a message in Slack.</summary>
/// <param name="User">Team and user, such as <c>T024BE7LD:U2147483697</c>.</param>
/// <param name="Name">What Slack calls them.</param>
/// <param name="Answer">Where Slack takes an answer for this person; it is called only on the channel's own host.</param>
internal sealed record SlackPress(string User, string Name, string Action, Guid Approval, Uri? Answer)
{
    private const int LongestId = 30;

    /// <summary>Null where the form holds no press of <c>approve</c> or <c>reject</c>.</summary>
    public static SlackPress? Read(ReadOnlySpan<byte> form)
    {
        const string Field = "payload=";
        var part = Encoding
            .UTF8.GetString(form)
            .Split('&')
            .FirstOrDefault(p => p.StartsWith(Field, StringComparison.Ordinal));
        if (part is null)
            return null;
        try
        {
            using var payload = JsonDocument.Parse(WebUtility.UrlDecode(part[Field.Length..]));
            return Read(payload.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SlackPress? Read(JsonElement payload)
    {
        if (
            Text(payload, "type") != "block_actions"
            || Part(payload, "user") is not { } user
            || (Part(payload, "team") ?? Part(payload, "enterprise")) is not { } team
            || Part(payload, "actions") is not { ValueKind: JsonValueKind.Array } actions
            || actions.GetArrayLength() == 0
            || Text(actions[0], "action_id") is not { } action
            || action is not (SlackText.Approve or SlackText.Reject)
            || !Guid.TryParse(Text(actions[0], "value"), out var approval)
            || !IsId(Text(user, "id"))
            || !IsId(Text(team, "id"))
        )
            return null;
        var answer = Uri.TryCreate(Text(payload, "response_url"), UriKind.Absolute, out var address) ? address : null;
        return new(
            $"{Text(team, "id")}:{Text(user, "id")}",
            Text(user, "username") ?? Text(user, "name") ?? Text(user, "id")!,
            action,
            approval,
            answer
        );
    }

    private static bool IsId(string? id) =>
        id is { Length: > 1 and <= LongestId } && id.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    private static JsonElement? Part(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var part)
        && part.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? part
            : null;

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object
        && of.TryGetProperty(name, out var part)
        && part.ValueKind == JsonValueKind.String
            ? part.GetString()
            : null;
}
