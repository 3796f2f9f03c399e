using AgentControl.Engine.Access;
using AgentControl.Engine.Notifications;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Notifications;

/// <summary>Channels with what their receivers said, and the messages that never arrived.</summary>
public sealed partial class NotificationsPage
{
    private const int MostFailures = 50;
    private IReadOnlyList<NotificationChannelView>? _channels;
    private IReadOnlyList<NotificationView>? _failures;
    private (string Channel, bool Sent, string Answer)? _tested;
    private string? _testing;

    /// <summary>The channel whose form is open.</summary>
    [SupplyParameterFromQuery(Name = "channel")]
    public string? OpenChannel { get; set; }

    /// <summary>The rule whose form is open.</summary>
    [SupplyParameterFromQuery(Name = "rule")]
    public string? OpenRule { get; set; }

    protected override object? LoadKey => (OpenChannel, OpenRule);

    [Inject]
    private OwnChannels Own { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private NotificationQueries Queries { get; set; } = null!;

    [Inject]
    private NotificationCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        (await CallerAsync(cancellationToken)).Require(Role.Admin, Caller.Everywhere);
        ShowRows(ref _channels, await Queries.ChannelsAsync(cancellationToken));
        var failed = await Queries.DeliveriesAsync(null, "failed", null, MostFailures, cancellationToken);
        ShowRows(ref _failures, failed.Items);
    }

    private async Task TestAsync(string channel)
    {
        (_testing, _tested) = (channel, null);
        try
        {
            var caller = await CallerAsync(CancellationToken.None);
            if (await Commands.TestAsync(channel, caller, CancellationToken.None) is { } outcome)
                _tested = (channel, outcome.Sent, outcome.Answer);
        }
        finally
        {
            _testing = null;
        }
        await ReloadAsync();
    }

    private async Task DeleteAsync(string channel)
    {
        var question = new ConfirmRequest($"Delete channel {channel}?", "Keep channel", "Delete channel")
        {
            Text = "Its secrets are forgotten, and what waits for it is not sent any more.",
        };
        if (!await Dialogs.ConfirmAsync(question))
            return;
        var caller = await CallerAsync(CancellationToken.None);
        var outcome = await Own.DeleteAsync(channel, caller, CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync(
            outcome is NotificationOutcome<bool>.Invalid invalid
                ? invalid.Errors.First().Value[0]
                : $"Channel {channel} is deleted."
        );
    }

    private async Task ResendAsync(NotificationView failed)
    {
        var caller = await CallerAsync(CancellationToken.None);
        var again = await Commands.ResendAsync(failed.Id, caller, CancellationToken.None);
        await ReloadAsync();
        await Notices.SayAsync(again ? $"It is sent again on {failed.Channel}." : "Somebody sent it again already.");
    }

    // Asked anew at each action: a role may have been taken away while the page was open.
    private async ValueTask<Caller> CallerAsync(CancellationToken cancellationToken) =>
        await Callers.CurrentAsync(cancellationToken) ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
}
