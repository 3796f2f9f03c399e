using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Notifications;

/// <summary>What an admin's channel is made of: the keys of the configuration, of which some are secrets.</summary>
internal static class OwnChannelText
{
    /// <summary>Of Slack, and may be left out.</summary>
    public const string SigningSecret = "signingSecret";

    /// <summary>Never shown again. The address of a room lets anybody write into it.</summary>
    public static readonly IReadOnlyList<string> Secrets =
    [
        "webhookUrl",
        "url",
        "secret",
        "previousSecret",
        "password",
        SigningSecret,
    ];

    public static readonly IReadOnlyList<string> Open =
    [
        "host",
        "port",
        "security",
        "user",
        "from",
        "to",
        "allowPrivate",
        "quietHours:from",
        "quietHours:to",
        "quietHours:timeZone",
    ];

    public static string Write(IReadOnlyDictionary<string, string> values) =>
        JsonSerializer.Serialize(values, JournalJson.Options);

    public static Dictionary<string, string> Read(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json, JournalJson.Options)!;

    public static Dictionary<string, string> Joined(
        string type,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyDictionary<string, string> secrets
    )
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = type };
        foreach (var (key, value) in values.Concat(secrets))
            all[key] = value;
        return all;
    }
}
