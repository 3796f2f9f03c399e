using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace AgentControl.Engine.Notifications;

/// <summary>Sends a message by SMTP, as text and as HTML.</summary>
internal static class EmailSender
{
    public static async Task<SendOutcome> SendAsync(
        ChannelSettings channel,
        NotificationMessage message,
        CancellationToken cancellationToken
    )
    {
        var mail = Mail(channel, message);
        if (mail.To.Count == 0)
            return new(true, "Nobody to write to: the job belongs to no person with an address.");
        using var smtp = new SmtpClient();
        var security = channel.Security switch
        {
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        await smtp.ConnectAsync(channel.Host, channel.Port, security, cancellationToken);
        if (channel.User is { Length: > 0 } user)
            await smtp.AuthenticateAsync(user, channel.Password ?? "", cancellationToken);
        var answer = await smtp.SendAsync(mail, cancellationToken);
        await smtp.DisconnectAsync(true, cancellationToken);
        return new(true, answer);
    }

    private static MimeMessage Mail(ChannelSettings channel, NotificationMessage message)
    {
        var mail = new MimeMessage { Subject = message.Title, MessageId = $"{message.Id:n}@agentcontrol" };
        mail.From.Add(MailboxAddress.Parse(channel.From));
        foreach (var to in message.To.Distinct(StringComparer.OrdinalIgnoreCase))
            if (MailboxAddress.TryParse(to, out var address) && address.Address.Contains('@', StringComparison.Ordinal))
                mail.To.Add(address);
        var (title, text, link) = (
            WebUtility.HtmlEncode(message.Title),
            WebUtility.HtmlEncode(message.Text),
            WebUtility.HtmlEncode(message.Link)
        );
        mail.Body = new BodyBuilder
        {
            TextBody = $"{message.Title}\n\n{message.Text}\n\n{ItemsText(message)}{message.Link}\n",
            HtmlBody =
                $"<p><strong>{title}</strong></p><p>{text}</p>{ItemsHtml(message)}<p><a href=\"{link}\">Open in AgentControl</a></p>",
        }.ToMessageBody();
        return mail;
    }

    private static string ItemsText(NotificationMessage message) =>
        string.Concat(message.Items.Select(i => $"- {i.Title}\n  {i.Text}\n  {i.Link}\n\n"));

    private static string ItemsHtml(NotificationMessage message) =>
        message.Items.Count == 0
            ? ""
            : $"<ul>{string.Concat(message.Items.Select(i => $"<li><a href=\"{WebUtility.HtmlEncode(i.Link)}\">{WebUtility.HtmlEncode(i.Title)}</a><br>{WebUtility.HtmlEncode(i.Text)}</li>"))}</ul>";
}
