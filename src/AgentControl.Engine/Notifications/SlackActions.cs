using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Takes presses of buttons below messages in Slack. A press decides nothing: it shows the question to the person whom Slack's user is linked to, with
/// the link to the page where it is decided, and a sentence without details to everybody else.
/// </summary>
public sealed class SlackActions
{
    /// <summary>Bytes of a call; Slack's are a few thousand.</summary>
    public const int LongestBody = 64 * 1024;

    /// <summary>Slack waits for 3 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int LongestText = 300;

    private readonly NpgsqlDataSource database;
    private readonly NotificationBook book;
    private readonly NotificationChannels channels;
    private readonly SlackLinks links;
    private readonly CallerDirectory people;
    private readonly ApprovalQueries approvals;

    internal SlackActions(
        NpgsqlDataSource database,
        (NotificationBook Book, NotificationChannels Channels) told,
        SlackLinks links,
        CallerDirectory people,
        ApprovalQueries approvals
    ) =>
        (this.database, (book, channels), this.links, this.people, this.approvals) = (
            database,
            told,
            links,
            people,
            approvals
        );

    /// <summary>Checks a call and answers whoever pressed. Nothing is decided by it.</summary>
    /// <param name="timestamp">The header <c>X-Slack-Request-Timestamp</c>, in seconds since 1970.</param>
    /// <param name="signature">The header <c>X-Slack-Signature</c>.</param>
    /// <returns>False where it is not signed by a channel's app, not of these minutes, or was taken before.</returns>
    public async Task<bool> TakeAsync(
        string? timestamp,
        string? signature,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        if (
            signature is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || Math.Abs((decimal)channels.Now.ToUnixTimeSeconds() - at) > (decimal)SlackSignature.Window.TotalSeconds
        )
            return false;
        var open = await book.OpenAsync(cancellationToken);
        var channel = open.Channels.FirstOrDefault(c =>
            c.SigningKey is { } key && SlackSignature.Holds(key, timestamp, body.Span, signature)
        );
        if (channel is null || !await IsFirstAsync(signature, cancellationToken))
            return false;
        if (SlackPress.Read(body.Span) is { } press)
            await AnswerAsync(channel, press, await WordsAsync(press, cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>The same call is taken once, by whichever process hears it first.</summary>
    private async Task<bool> IsFirstAsync(string signature, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await Sql.ExecuteAsync(
                connection,
                "INSERT INTO slack_calls (signature, at) VALUES ($1, ac_now()) ON CONFLICT DO NOTHING",
                signature
            ) == 1;
    }

    private async Task<string> WordsAsync(SlackPress press, CancellationToken cancellationToken)
    {
        if (await CallerAsync(press.User, cancellationToken) is not { } caller)
            return $"Your Slack user is not linked to an account. <{channels.PublicUrl}/settings/profile?slack={Uri.EscapeDataString(links.Token(press))}|Link it>, within 15 minutes, and press again.";
        var view = await approvals.FindAsync(press.Approval, cancellationToken);
        if (view is null || !caller.Has(Role.Viewer, view.Workspace))
            return "There is no such question that you may see.";
        await AuditAsync(caller, view, press, cancellationToken);
        var page = $"<{channels.PublicUrl}/a/{view.Id}|Open the decision>";
        var head = $"*{Shown(view.Title)}*\n{Shown(view.JobName)}";
        if (view.State != "pending")
            return $"{head}\nIt is decided already: {view.State}{(view.DecidedBy is { } by ? $" by {Shown(by)}" : "")}. {page}";
        var why = ApprovalAccess.Refusal(view, caller) ?? "Nothing is decided by this button. Decide on the page.";
        return $"{head}\n{Shown(why)} {page}";
    }

    private async Task<Caller?> CallerAsync(string user, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var person = await Sql.ScalarAsync<Guid?>(connection, "SELECT id FROM users WHERE slack_user = $1", user);
        return person is { } id && await people.PersonAsync(id, null, cancellationToken) is { } caller
            ? caller with
            {
                From = "Slack",
            }
            : null;
    }

    private async Task AuditAsync(
        Caller caller,
        ApprovalView view,
        SlackPress press,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AuditLog.AppendAsync(
            connection,
            null,
            new AuditEntry(caller.Actor, "approval.openedInSlack", $"approval:{view.Id}")
            {
                TargetName = view.Title,
                After = new { Pressed = press.Action },
            },
            cancellationToken
        );
    }

    /// <summary>Shown to this person alone. An answer goes to the host of the channel and nowhere else; one that does not arrive changes nothing.</summary>
    private async Task AnswerAsync(
        ChannelSettings channel,
        SlackPress press,
        string text,
        CancellationToken cancellationToken
    )
    {
        if (press.Answer is not { UserInfo.Length: 0 } to || !IsOf(channel, to))
            return;
        var body = JsonSerializer.Serialize(
            new
            {
                response_type = "ephemeral",
                replace_original = false,
                text,
            },
            JournalJson.Options
        );
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await channels.ReplyAsync(channel, to, body, limit.Token);
        }
        catch (Exception problem)
            when (problem is HttpRequestException or OperationCanceledException or IOException
                && !cancellationToken.IsCancellationRequested
            ) { }
    }

    private static bool IsOf(ChannelSettings channel, Uri to) =>
        channel.Url is { } own
        && string.Equals(own.Scheme, to.Scheme, StringComparison.Ordinal)
        && string.Equals(own.IdnHost, to.IdnHost, StringComparison.OrdinalIgnoreCase)
        && own.Port == to.Port;

    private static string Shown(string text) => SlackText.Escape(Events.Texts.Clean(text, LongestText));
}
