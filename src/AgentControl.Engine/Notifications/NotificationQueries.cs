using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Notifications;

/// <summary>A channel as people may see it: everything but its secrets.</summary>
/// <param name="Target">Where it goes: the host of an address, or addresses of e-mail.</param>
/// <param name="State">untried, ok, failing or disabled.</param>
/// <param name="Answer">What its receiver said last.</param>
public sealed record NotificationChannelView(
    string Name,
    string Type,
    string Target,
    IReadOnlyCollection<string> On,
    IReadOnlyCollection<string> Agents,
    IReadOnlyCollection<string> Tags,
    IReadOnlyCollection<string> Workspaces,
    string? QuietHours,
    string State,
    DateTimeOffset? TriedAt,
    string? Answer
)
{
    /// <summary>An admin made it and may change it; others stand in the configuration.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>A message and what became of it.</summary>
/// <param name="State">pending, sent or failed.</param>
/// <param name="Answer">What the receiver said last, or why it could not be asked.</param>
public sealed record NotificationView(
    Guid Id,
    string Channel,
    string Kind,
    string Title,
    string Text,
    string Link,
    Guid? JobId,
    string Workspace,
    string State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? SentAt,
    string? Answer
);

/// <summary>Reads channels and messages.</summary>
public sealed class NotificationQueries
{
    private readonly IDbContextFactory<ControlDbContext> contexts;
    private readonly NotificationBook book;

    internal NotificationQueries(IDbContextFactory<ControlDbContext> contexts, NotificationBook book) =>
        (this.contexts, this.book) = (contexts, book);

    /// <summary>The states that a list may be asked for.</summary>
    public static readonly IReadOnlyList<string> States = ["pending", "sent", "failed"];

    public static bool IsCursor(string cursor) => Cursor.ReadNumber(cursor) is not null;

    public async Task<IReadOnlyList<NotificationChannelView>> ChannelsAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<NotificationChannelRow>()
            .AsNoTracking()
            .ToDictionaryAsync(c => c.Name, cancellationToken);
        return
        [
            .. (await book.OpenAsync(cancellationToken))
                .Channels.OrderBy(c => c.Name, StringComparer.Ordinal)
                .Select(c => View(c, known.GetValueOrDefault(c.Name))),
        ];
    }

    /// <summary>What was or will be sent outside, newest first.</summary>
    public Task<Page<NotificationView>> DeliveriesAsync(
        string? channel,
        string? state,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    ) =>
        PageAsync(
            rows =>
                rows.Where(n =>
                    n.Channel != NotificationStore.InApp
                    && (channel == null || n.Channel == channel)
                    && (state == null || n.State == state)
                ),
            cursor,
            limit,
            cancellationToken
        );

    private async Task<Page<NotificationView>> PageAsync(
        Func<IQueryable<NotificationRow>, IQueryable<NotificationRow>> which,
        string? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = which(db.Set<NotificationRow>().AsNoTracking());
        if (Cursor.ReadNumber(cursor) is { } before)
            rows = rows.Where(n => n.Seq < before);
        var page = await rows.OrderByDescending(n => n.Seq).Take(limit + 1).ToListAsync(cancellationToken);
        var read = Page<NotificationRow>.Of(page, limit, n => Cursor.Of(n.Seq));
        return new([.. read.Items.Select(View)], read.NextCursor);
    }

    private static NotificationView View(NotificationRow row)
    {
        var message = JsonSerializer.Deserialize<NotificationMessage>(row.Message, JournalJson.Options)!;
        return new(
            row.Id,
            row.Channel,
            row.Kind,
            message.Title,
            message.Text,
            new Uri(message.Link).PathAndQuery,
            row.JobId,
            row.Workspace,
            row.State,
            row.Attempts,
            row.CreatedAt,
            row.NextAt,
            row.SentAt,
            row.Answer
        );
    }

    private static NotificationChannelView View(ChannelSettings channel, NotificationChannelRow? known) =>
        new(
            channel.Name,
            channel.Type,
            channel.Target,
            channel.Rule.On,
            channel.Rule.Agents,
            channel.Rule.Tags,
            channel.Rule.Workspaces,
            channel.Quiet is { } quiet ? $"{quiet.From:HH:mm}–{quiet.To:HH:mm} {quiet.Zone.Id}" : null,
            known switch
            {
                null => "untried",
                { DisabledAt: not null } => "disabled",
                { Worked: true } => "ok",
                _ => "failing",
            },
            known?.TriedAt,
            known?.Answer
        )
        {
            IsOwn = channel.IsOwn,
        };
}
