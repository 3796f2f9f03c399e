using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Notifications;

/// <summary>A message as Slack's incoming webhooks take it.</summary>
internal static class SlackText
{
    public static string Of(NotificationMessage message) =>
        JsonSerializer.Serialize(
            new
            {
                text = Escape($"{message.Title}: {message.Text}"),
                blocks = new object[]
                {
                    new
                    {
                        type = "section",
                        text = new { type = "mrkdwn", text = $"*{Escape(message.Title)}*\n{Escape(message.Text)}" },
                    },
                    new
                    {
                        type = "actions",
                        elements = new object[]
                        {
                            new
                            {
                                type = "button",
                                text = new { type = "plain_text", text = "Open" },
                                url = message.Link,
                            },
                        },
                    },
                },
            },
            JournalJson.Options
        );

    /// <summary>Slack's three control characters: without them no text makes links or calls people.</summary>
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
