using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Core.Notifications;

namespace AgentControl.Engine.Notifications;

/// <summary>A message as Slack's incoming webhooks take it.</summary>
internal static class SlackText
{
    public const string Approve = "approve";
    public const string Reject = "reject";
    public const string Open = "open";

    /// <summary>Slack takes 50 blocks of 3,000 characters.</summary>
    private const int MostItems = 40;
    private const int LongestBlock = 2_900;

    /// <param name="answers">The channel takes presses of buttons: a question has them.</param>
    public static string Of(NotificationMessage message, bool answers)
    {
        var text = $"{message.Title}: {message.Text}";
        var blocks = new List<object> { Section($"*{Escape(message.Title)}*\n{Escape(message.Text)}") };
        foreach (var item in message.Items.Take(MostItems))
            blocks.Add(Section($"*<{item.Link}|{Escape(item.Title)}>*\n{Escape(item.Text)}"));
        if (message.Items.Count > MostItems)
            blocks.Add(
                Section(string.Create(CultureInfo.InvariantCulture, $"And {message.Items.Count - MostItems} more."))
            );
        blocks.Add(new { type = "actions", elements = Buttons(message, answers) });
        return JsonSerializer.Serialize(new { text = Escape(text), blocks }, JournalJson.Options);
    }

    private static object[] Buttons(NotificationMessage message, bool answers)
    {
        var open = new
        {
            type = "button",
            action_id = Open,
            text = Plain("Open"),
            url = message.Link,
        };
        if (!answers || message.Kind != NotificationKind.NeedsPerson || message.ApprovalId is not { } approval)
            return [open];
        object Button(string id, string words, string style) =>
            new
            {
                type = "button",
                action_id = id,
                text = Plain(words),
                value = approval.ToString(),
                style,
            };
        return [open, Button(Approve, "Approve", "primary"), Button(Reject, "Reject", "danger")];
    }

    private static object Plain(string text) => new { type = "plain_text", text };

    private static object Section(string text) =>
        new
        {
            type = "section",
            text = new { type = "mrkdwn", text = text.Length <= LongestBlock ? text : text[..LongestBlock] },
        };

    /// <summary>Slack's three control characters: without them no text makes links or calls people.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
