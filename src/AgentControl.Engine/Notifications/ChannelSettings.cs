using System.Globalization;
using AgentControl.Core.Notifications;
using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Notifications;

/// <summary>A channel as it is configured. It holds secrets: it never leaves the engine.</summary>
internal sealed record ChannelSettings(string Name, string Type, NotificationRule Rule, QuietHours? Quiet)
{
    /// <summary>Made by an admin, not configured: it tells what rules say.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Its secrets can no longer be read.</summary>
    public bool Unreadable { get; init; }

    /// <summary>Of a webhook or of Slack.</summary>
    public Uri? Url { get; init; }

    /// <summary>The keys that sign, the newest first.</summary>
    public IReadOnlyList<byte[]> Keys { get; init; } = [];

    /// <summary>Its host may be private, such as a chat of the house.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Of Slack: what its calls are signed by; null where nobody calls back.</summary>
    public byte[]? SigningKey { get; init; }
    public string Host { get; init; } = "";
    public int Port { get; init; }

    /// <summary>none, startTls or tls.</summary>
    public string Security { get; init; } = "startTls";
    public string? User { get; init; }
    public string? Password { get; init; }
    public string From { get; init; } = "";

    /// <summary>Addresses, and the words <c>owner</c> and <c>approvers</c>.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Of these the addresses.</summary>
    public IEnumerable<string> Addresses => To.Where(to => to.Contains('@', StringComparison.Ordinal));

    /// <summary>Where it goes, without secrets.</summary>
    public string Target =>
        Type == ChannelReader.Email
            ? $"{(To.Count == 0 ? "" : string.Join(", ", To) + " ")}by {Host}:{Port}"
            : Url?.Host ?? "";
}

/// <summary>Reads <c>AgentControl:Notifications:Channels</c>.</summary>
internal sealed class ChannelReader
{
    public const string Section = "AgentControl:Notifications:Channels";
    public const string Slack = "slack";
    public const string Email = "email";
    public const string Webhook = "webhook";
    private const string OwnSection = "channel";
    private readonly List<(string Path, string Why)> problems = [];
    private bool own;

    /// <exception cref="InvalidOperationException">Something is wrong; the message names every key and the remedy, and no secret.</exception>
    public static IReadOnlyList<ChannelSettings> Read(IConfiguration configuration)
    {
        var reader = new ChannelReader();
        var channels = configuration.GetSection(Section).GetChildren().Select(reader.Channel).ToList();
        return reader.problems.Count == 0
            ? channels
            : throw new InvalidOperationException(
                string.Join(Environment.NewLine, reader.problems.Select(p => $"{p.Path}: {p.Why}"))
            );
    }

    public static bool IsName(string name) =>
        name.Length is > 0 and <= 40
        && name != NotificationStore.InApp
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public static bool IsAddress(string text) =>
        MimeKit.MailboxAddress.TryParse(text, out var address)
        && address.Address.Contains('@', StringComparison.Ordinal);

    /// <summary>A channel that an admin made, of the same keys as in the configuration, and what is wrong with it by key.</summary>
    public static (ChannelSettings Channel, IReadOnlyDictionary<string, string[]> Errors) ReadOwn(
        string name,
        IReadOnlyDictionary<string, string> values
    )
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create($"{OwnSection}:{v.Key}", (string?)v.Value)))
            .Build();
        var reader = new ChannelReader { own = true };
        var channel = reader.Channel(configuration.GetSection(OwnSection));
        var errors = reader
            .problems.GroupBy(p => p.Path[(OwnSection.Length + 1)..], StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(p => Sentence(p.Why)).ToArray(), StringComparer.Ordinal);
        return (channel with { Name = name, Rule = NotificationRule.Nothing, IsOwn = true }, errors);
    }

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private ChannelSettings Channel(IConfigurationSection channel)
    {
        if (!IsName(channel.Key))
            Wrong(channel, null, "use at most 40 of a-z, 0-9, '-' and '_' for the name of a channel.");
        var on = List(channel, "on");
        foreach (var kind in on.Where(k => !NotificationKind.All.Contains(k, StringComparer.Ordinal)))
            Wrong(channel, "on", $"'{kind}' is unknown. Use: {string.Join(", ", NotificationKind.All)}.");
        var rule = new NotificationRule(
            on.Count == 0 ? NotificationKind.Usual : on,
            List(channel, "agents"),
            List(channel, "tags"),
            List(channel, "workspaces")
        );
        var settings = new ChannelSettings(channel.Key, channel["type"] ?? "", rule, Quiet(channel))
        {
            AllowPrivate = bool.TryParse(channel["allowPrivate"], out var allowed) && allowed,
        };
        switch (settings.Type)
        {
            case Slack:
                return settings with { Url = Address(channel, "webhookUrl"), SigningKey = SigningKey(channel) };
            case Webhook:
                return settings with { Url = Address(channel, "url"), Keys = Keys(channel) };
            case Email:
                return Mail(channel, settings);
            default:
                Wrong(channel, "type", $"'{settings.Type}' is unknown. Use slack, email or webhook.");
                return settings;
        }
    }

    private ChannelSettings Mail(IConfigurationSection channel, ChannelSettings settings)
    {
        var (host, from, to) = (channel["host"] ?? "", channel["from"] ?? "", List(channel, "to"));
        var security = channel["security"] ?? "startTls";
        if (host.Length == 0)
            Wrong(channel, "host", "name the SMTP server.");
        if (!MimeKit.MailboxAddress.TryParse(from, out _))
            Wrong(channel, "from", $"'{from}' is no e-mail address.");
        if (to.Count == 0 && !own)
            Wrong(channel, "to", "say who gets it: addresses, owner, approvers or mentioned.");
        foreach (
            var bad in to.Where(t =>
                t is not ("owner" or "approvers" or "mentioned") && !MimeKit.MailboxAddress.TryParse(t, out _)
            )
        )
            Wrong(channel, "to", $"'{bad}' is no e-mail address. Use addresses, owner, approvers or mentioned.");
        if (security is not ("none" or "startTls" or "tls"))
            Wrong(channel, "security", $"'{security}' is unknown. Use none, startTls or tls.");
        if (
            !int.TryParse(channel["port"] ?? "587", CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65_535
        )
            Wrong(channel, "port", "use 1 to 65535.");
        return settings with
        {
            Host = host,
            Port = port,
            Security = security,
            User = channel["user"],
            Password = channel["password"],
            From = from,
            To = to,
        };
    }

    private Uri? Address(IConfigurationSection channel, string key)
    {
        if (
            Uri.TryCreate(channel[key], UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && url.UserInfo.Length == 0
        )
            return url;
        Wrong(channel, key, "give an absolute https address without user name or password.");
        return null;
    }

    private List<byte[]> Keys(IConfigurationSection channel)
    {
        var keys = new List<byte[]>();
        foreach (var name in new[] { "secret", "previousSecret" })
        {
            if (channel[name] is not { Length: > 0 } secret)
            {
                if (name == "secret")
                    Wrong(channel, name, "give whsec_ and 24 to 64 bytes in base64.");
            }
            else if (WebhookSignature.KeyOf(secret) is { } key)
                keys.Add(key);
            else
                Wrong(channel, name, "it is none. Give whsec_ and 24 to 64 bytes in base64.");
        }
        return keys;
    }

    private byte[]? SigningKey(IConfigurationSection channel)
    {
        if (channel["signingSecret"] is not { Length: > 0 } secret)
            return null;
        if (secret.Length is >= 16 and <= 200 && secret.All(c => c is > ' ' and <= '~'))
            return System.Text.Encoding.ASCII.GetBytes(secret);
        Wrong(channel, "signingSecret", "it is none. Copy the signing secret of the Slack app.");
        return null;
    }

    private QuietHours? Quiet(IConfigurationSection channel)
    {
        var quiet = channel.GetSection("quietHours");
        if (!quiet.Exists())
            return null;
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(quiet["timeZone"] ?? "UTC", out var found) ? found : null;
        if (zone is null)
            Wrong(
                quiet,
                "timeZone",
                $"no time zone is called '{quiet["timeZone"]}'. Use a name such as Europe/Berlin."
            );
        TimeOnly Clock(string key)
        {
            if (
                !TimeOnly.TryParseExact(
                    quiet[key],
                    "HH:mm",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var at
                )
            )
                Wrong(quiet, key, $"'{quiet[key]}' is no time of the day. Write 20:00.");
            return at;
        }
        return new QuietHours(Clock("from"), Clock("to"), zone ?? TimeZoneInfo.Utc);
    }

    private static List<string> List(IConfigurationSection channel, string key)
    {
        var section = channel.GetSection(key);
        return section.Value is { Length: > 0 } one
            ? [.. one.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]
            : [.. section.GetChildren().Select(c => c.Value).OfType<string>()];
    }

    private void Wrong(IConfigurationSection at, string? key, string why) =>
        problems.Add((key is null ? at.Path : $"{at.Path}:{key}", why));
}
