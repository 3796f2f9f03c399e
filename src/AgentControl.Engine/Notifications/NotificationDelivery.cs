using AgentControl.Core.Events;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Recording;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>Sends what is due on one channel. A crash between a try and its mark sends the same message, with the same id, again.</summary>
internal sealed class NotificationDelivery(
    NpgsqlDataSource database,
    NotificationChannels channels,
    NotificationBook book,
    EventFeed feed
)
{
    public const string Disabled =
        "The channel is disabled: its receiver answered 410 Gone. Correct the address and send a test.";

    public IDisposable OnNews(Action heard) =>
        feed.Subscribe(events =>
        {
            if (events.Any(e => NotificationKind.Of(e.Type) is not null))
                heard();
        });

    /// <summary>One message after the other until none is due.</summary>
    public async Task DrainAsync(string channel, CancellationToken cancellationToken)
    {
        while (await SendNextAsync(channel, cancellationToken)) { }
    }

    /// <summary>False where nothing is due.</summary>
    public async Task<bool> SendNextAsync(string channel, CancellationToken cancellationToken)
    {
        ClaimedMessage? claimed;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
            claimed = await NotificationStore.ClaimAsync(connection, channel);
        if (claimed is null)
            return false;
        var outcome = await TryAsync(channel, claimed, cancellationToken);
        await MarkAsync(channel, claimed, outcome, cancellationToken);
        return true;
    }

    /// <summary>No connection is held meanwhile.</summary>
    private async Task<SendOutcome> TryAsync(
        string channel,
        ClaimedMessage claimed,
        CancellationToken cancellationToken
    )
    {
        if (claimed.Disabled)
            return new(false, Disabled, Gone: true);
        return (await book.OpenAsync(cancellationToken)).Find(channel) is { } settings
            ? await channels.SendAsync(settings, claimed.Message, cancellationToken)
            : new(false, $"No channel is called {channel} any more.", Gone: true);
    }

    internal async Task MarkAsync(
        string channel,
        ClaimedMessage claimed,
        SendOutcome outcome,
        CancellationToken cancellationToken
    )
    {
        var pause = DeliveryBackoff.After(claimed.Attempt, Random.Shared.NextDouble());
        var state =
            outcome.Sent ? "sent"
            : outcome.Gone || pause is null ? "failed"
            : "pending";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        LiveEvent? line = null;
        if (
            await NotificationStore.MarkAsync(connection, claimed, state, pause, outcome.Answer)
            && state != "pending"
            && claimed.JobId is { } job
        )
            line = await JobLog.AppendAsync(connection, job, Line(channel, claimed, outcome));
        if (!claimed.Disabled)
            await NotificationStore.RememberAsync(connection, channel, outcome);
        await transaction.CommitAsync(cancellationToken);
        if (line is not null)
            feed.Publish([line]);
    }

    private static EventRecord Line(string channel, ClaimedMessage claimed, SendOutcome outcome) =>
        new(
            outcome.Sent ? EventTypes.NotificationSent : EventTypes.NotificationFailed,
            outcome.Sent
                ? $"{claimed.Message.Kind} was told on {channel}"
                : $"{claimed.Message.Kind} could not be told on {channel}: {outcome.Answer}",
            EventData.Of(
                new
                {
                    id = claimed.Id,
                    channel,
                    kind = claimed.Message.Kind,
                    attempt = claimed.Attempt,
                }
            ),
            outcome.Sent ? "info" : "warning"
        );
}
