using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Notifications;

/// <summary>What was told of the workspaces of whoever looks, by day; the URL is its filter.</summary>
public sealed partial class FeedPage
{
    private const int PageSize = 50;
    private IReadOnlyList<FeedItem>? _items;
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private string? _next;
    private bool _hasUnread;

    [SupplyParameterFromQuery(Name = "kind")]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    public string? Which { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [Inject]
    private NotificationFeed Feed { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private Profiles Profiles { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Notifications];

    protected override object LoadKey => Address;

    private FeedAddress Address => FeedAddress.Of(Kind, Which, After);

    private string EmptyText =>
        Address.Unread ? "Everything is read."
        : Address.Kind is null
            ? "Nothing was told yet. Jobs that need a person, run long, complete or fail are told here."
        : "Nothing of this kind was told in the last 30 days.";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var (address, caller) = (Address, await CallerAsync(cancellationToken));
        _zone = await ZoneAsync(caller, cancellationToken);
        var page = await Feed.ListAsync(
            caller,
            address.Kind,
            address.Unread,
            address.After,
            PageSize,
            cancellationToken
        );
        Show(ref _next, page.NextCursor);
        ShowRows(ref _items, page.Items);
        Show(ref _hasUnread, await Feed.UnreadAsync(caller, cancellationToken) > 0);
    }

    private async Task MarkAllAsync()
    {
        // What came while somebody read stays unread.
        var newest =
            Address.After is null && Address.Kind is null && _items is [var first, ..] ? first.Id : (Guid?)null;
        var marked = await Feed.MarkAllAsync(newest, await CallerAsync(default), CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync($"{Formats.Count(marked, "notification")} marked as read.");
    }

    private async Task MarkAsync(FeedItem item)
    {
        await Feed.MarkAsync(item.Id, await CallerAsync(default), CancellationToken.None);
        await ReloadAsync();
    }

    private async Task OpenedAsync(FeedItem item)
    {
        if (!item.Read)
            await Feed.MarkAsync(item.Id, await CallerAsync(default), CancellationToken.None);
    }

    private async Task<TimeZoneInfo> ZoneAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.PersonId is not { } person)
            return TimeZoneInfo.Utc;
        var likes = Preferences.Read(await Profiles.PreferencesAsync(person, cancellationToken));
        return likes.Zone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc;
    }

    private DateOnly DayOf(FeedItem item) => DayOf(item.At);

    private DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);

    private string DayName(DateOnly day) =>
        (DayOf(Clock.GetUtcNow()).DayNumber - day.DayNumber) switch
        {
            0 => "Today",
            1 => "Yesterday",
            < 330 => day.ToString("dddd, d MMMM", CultureInfo.InvariantCulture),
            _ => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
        };

    private async ValueTask<Caller> CallerAsync(CancellationToken cancellationToken) =>
        await Callers.CurrentAsync(cancellationToken)
        ?? throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);
}
