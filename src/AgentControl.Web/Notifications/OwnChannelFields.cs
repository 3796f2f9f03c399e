namespace AgentControl.Web.Notifications;

/// <summary>One field of a channel's form, by its key in the configuration.</summary>
/// <param name="Choices">Values with their words; empty for free text.</param>
internal sealed record OwnChannelField(string Key, string Label, string Hint = "", bool IsSecret = false)
{
    public IReadOnlyList<(string Value, string Words)> Choices { get; init; } = [];

    public string Id => Key.Replace(':', '-');
}

/// <summary>What is asked for a channel of each type.</summary>
internal static class OwnChannelFields
{
    private static readonly OwnChannelField[] _quiet =
    [
        new("quietHours:from", "Quiet from (optional)", "20:00"),
        new("quietHours:to", "Quiet until (optional)", "06:00"),
        new("quietHours:timeZone", "Time zone of quiet hours (optional)", "Europe/Berlin"),
    ];

    private static readonly OwnChannelField _private = new("allowPrivate", "Host")
    {
        Choices = [("", "Of the public internet"), ("true", "May be a private address")],
    };

    public static IReadOnlyList<OwnChannelField> Of(string type) =>
        type switch
        {
            "slack" =>
            [
                new(
                    "webhookUrl",
                    "Address of the incoming webhook",
                    "https://hooks.slack.com/services/…",
                    IsSecret: true
                ),
                new(
                    "signingSecret",
                    "Signing secret of the Slack app, for Approve and Reject (optional)",
                    IsSecret: true
                ),
                _private,
                .. _quiet,
            ],
            "webhook" =>
            [
                new("url", "Address", "https://example.org/hooks", IsSecret: true),
                new("secret", "Secret", "whsec_…", IsSecret: true),
                new("previousSecret", "Secret before, while receivers change (optional)", "whsec_…", IsSecret: true),
                _private,
                .. _quiet,
            ],
            _ =>
            [
                new("host", "SMTP server", "smtp.example.org"),
                new("port", "Port", "587"),
                new("security", "Security")
                {
                    Choices = [("", "STARTTLS"), ("tls", "TLS from the start"), ("none", "None")],
                },
                new("user", "User (optional)"),
                new("password", "Password (optional)", IsSecret: true),
                new("from", "From", "control@example.org"),
                .. _quiet,
            ],
        };
}
