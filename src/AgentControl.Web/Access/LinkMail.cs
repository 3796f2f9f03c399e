using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;

namespace AgentControl.Web.Access;

/// <summary>One-time links: their address, and the mail that brings them.</summary>
internal sealed class LinkMail(IConfiguration configuration, IServiceProvider services)
{
    /// <summary>Below the address that people open; where none is configured, below the one that this request came to.</summary>
    public string LinkOf(string token, HttpRequest request) =>
        LinkOf(token, $"{request.Scheme}://{request.Host}{request.PathBase}");

    public string LinkOf(string token, string baseUri) =>
        $"{(configuration["AgentControl:PublicUrl"] is [_, ..] known ? known : baseUri).TrimEnd('/')}/invite?token={token}";

    /// <summary>True where an e-mail channel took it.</summary>
    public async Task<bool> SendAsync(InvitationInfo made, string link, CancellationToken cancellationToken)
    {
        if (services.GetService<NotificationCommands>() is not { } notifications)
            return false;
        var (title, text) = made.PersonId is null
            ? (
                "You are invited to AgentControl",
                $"{made.CreatedBy} invites you. The link works once, until {made.ExpiresAt:yyyy-MM-dd HH:mm} UTC."
            )
            : (
                "Choose a new password for AgentControl",
                $"{made.CreatedBy} made you this link. It works once, until {made.ExpiresAt:yyyy-MM-dd HH:mm} UTC."
            );
        return await notifications.MailAsync(made.Email, title, text, link, cancellationToken);
    }
}
