using AgentControl.Core.Notifications;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>What admins do about channels and messages.</summary>
public sealed class NotificationCommands
{
    private readonly NpgsqlDataSource database;
    private readonly NotificationChannels channels;
    private readonly NotificationBook book;

    internal NotificationCommands(NpgsqlDataSource database, NotificationChannels channels, NotificationBook book) =>
        (this.database, this.channels, this.book) = (database, channels, book);

    /// <summary>Sends a message now. One that arrives opens a disabled channel again.</summary>
    /// <returns>The receiver's real answer; null where there is no such channel.</returns>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<SendOutcome?> TestAsync(string channel, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        if ((await book.OpenAsync(cancellationToken)).Find(channel) is not { } settings)
            return null;
        var message = new NotificationMessage(
            Guid.CreateVersion7(),
            NotificationKind.Test,
            "A test from AgentControl",
            $"{caller.Display} sent it to see whether this channel works.",
            channels.PublicUrl + "/settings/notifications",
            channels.Now
        )
        {
            // A test by e-mail reaches at least whoever sends it.
            To = [.. settings.Addresses, .. caller.Email is { } own ? [own] : Array.Empty<string>()],
        };
        var outcome = await channels.SendAsync(settings, message, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await NotificationStore.RememberAsync(connection, channel, outcome);
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, "notificationChannel.tested", $"notificationChannel:{channel}")
            {
                TargetName = channel,
                After = new { outcome.Sent, outcome.Answer },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return outcome;
    }

    /// <summary>Writes to one address and nobody else, by the first e-mail channel. It is tried once and kept nowhere: the link is a secret.</summary>
    /// <returns>False where there is no such channel, or it did not take the message.</returns>
    public async Task<bool> MailAsync(
        string address,
        string title,
        string text,
        string link,
        CancellationToken cancellationToken
    )
    {
        var open = await book.OpenAsync(cancellationToken);
        if (open.Channels.FirstOrDefault(c => c.Type == ChannelReader.Email) is not { } email)
            return false;
        var message = new NotificationMessage(
            Guid.CreateVersion7(),
            NotificationKind.Test,
            title,
            text,
            link,
            channels.Now
        )
        {
            To = [address],
        };
        return (await channels.SendAsync(email, message, cancellationToken)).Sent;
    }

    /// <summary>Tries a message that failed from the start, under the id that it had.</summary>
    /// <returns>False where it is none that failed.</returns>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<bool> ResendAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var channel = await Sql.ScalarAsync<string>(
            connection,
            "UPDATE notifications SET state = 'pending', attempts = 0, next_at = ac_now() WHERE id = $1 AND state = 'failed' RETURNING channel",
            id
        );
        if (channel is null)
            return false;
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, "notification.resent", $"notification:{id}") { TargetName = channel },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
