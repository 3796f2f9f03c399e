using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Approvals;

/// <summary>The inbox of requests to people: list left, request right, decided in two steps.</summary>
public sealed partial class ApprovalsPage
{
    private const string Mine = "mine";
    private const string All = "all";
    private readonly ApprovalsView _view = new();
    private InboxCounts _counts = new(0, 0);
    private string? _lock;
    private bool _mayReassign;
    private bool _snoozing;
    private IReadOnlyList<ApprovalView> _alike = [];
    private string _drawn = "";

    [Inject]
    private ApprovalDesk Desk { get; set; } = null!;

    [Inject]
    private ApprovalActs Acts { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Parameter]
    public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "box")]
    private string? Asked { get; set; }

    [SupplyParameterFromQuery(Name = "together")]
    private bool IsTogether { get; set; }

    private string Box =>
        Asked is All or ApprovalQueries.Decided ? Asked
        : Id is null ? Mine
        : Asked ?? All;

    private string? LockReason => _view.HasChanged ? "Review the changed proposal first." : _lock;

    private string EmptyText =>
        Box switch
        {
            Mine when _counts.All > 0 => "Nobody is waiting for you.",
            ApprovalQueries.Decided => "Nothing was decided yet.",
            _ => "Nothing waits for a person.",
        };

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override object LoadKey => (Box, Id);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var inbox = await Desk.ReadAsync(Box, Id ?? _view.Shown?.Id, cancellationToken);
        // The address says which one is open; without it the first of the list is shown.
        var selected =
            inbox.Selected is { } found
            && (Id is not null || inbox.Items.Any(i => i.Id == found.Id) || found.State != "pending")
                ? found
            : inbox.Items.Count > 0 && Id is null ? inbox.Items[0]
            : null;
        (_counts, _lock) = (inbox.Counts, selected is null ? null : inbox.LockOf(selected));
        _mayReassign =
            selected is not null && inbox.Caller is { } caller && ApprovalAccess.MayReassign(selected, caller);
        _snoozing &= selected?.Id == _view.Shown?.Id;
        _view.Update(inbox.Items, selected);
        _alike = [.. _view.Alike.Where(a => inbox.LockOf(a) is null)];
        Show(ref _drawn, Fingerprint(inbox, selected));
    }

    private string? Current(string box) => Box == box ? "true" : null;

    private static string Fingerprint(Inbox inbox, ApprovalView? selected) =>
        string.Join(
            '|',
            inbox
                .Items.Append(selected)
                .OfType<ApprovalView>()
                .Select(a =>
                    $"{a.Id}.{a.Revision}.{a.State}.{a.Votes.Count}.{a.Deadline:O}.{string.Join(',', a.Approvers)}.{a.InfoAskedBy}.{a.DeliverAt:O}"
                )
                .Append(inbox.Counts.ToString())
        );

    private void KeyAsync(string key)
    {
        switch (key)
        {
            case "j" or "ArrowDown":
                Go(_view.Neighbour(1));
                break;
            case "k" or "ArrowUp":
                Go(_view.Neighbour(-1));
                break;
            case "Escape":
                _view.Bar?.Close();
                _snoozing = false;
                break;
            case "h":
                _snoozing = _view.CanDecide && _lock is null;
                break;
            default:
                if (ApprovalsView.DecisionOf(key) is { } decision && _view.CanDecide && LockReason is null)
                    _view.Bar?.Start(
                        decision == ApprovalDecision.Respond && !_view.Bar.Offers(decision)
                            ? ApprovalDecision.Choose
                            : decision
                    );
                break;
        }
    }

    private void Go(Guid? id)
    {
        if (id is { } next && next != _view.Shown?.Id)
            Navigation.NavigateTo($"/approvals/{next}?box={Box}", replace: true);
    }

    private async Task ReassignedAsync()
    {
        await Notices.SayAsync($"Reassigned: {_view.Shown!.Title}");
        await ReloadAsync();
    }

    private async Task SendAsync(DecisionToSend decision)
    {
        var title = _view.Shown!.Title;
        var result = await Desk.DecideAsync(decision);
        if (result.Error is { } error)
        {
            _view.Bar!.Failed(error);
            await ReloadAsync();
            return;
        }
        if (result.DeliverAt is null)
            await Notices.SayAsync($"{result.Said} {title}");
        else
            await Notices.OfferUndoAsync($"{result.Said} {title}", () => UndoAsync(decision.ApprovalId));
        var next = _view.NextOpen(decision.ApprovalId);
        if (result.IsFinal && next is { } id)
            Navigation.NavigateTo($"/approvals/{id}?box={Box}", replace: true);
        else
            await ReloadAsync();
    }

    private async Task UndoAsync(Guid id)
    {
        if (await Acts.UndoAsync(id) is { } why)
            await Notices.ProblemAsync(why);
        else
            Navigation.NavigateTo($"/approvals/{id}?box={Box}", replace: true);
    }

    private async Task SnoozedAsync(bool later)
    {
        var done = _view.Shown!;
        _snoozing = false;
        await Notices.SayAsync(later ? $"You are asked again later: {done.Title}" : $"Back in your list: {done.Title}");
        if (later && Box == Mine && _view.NextOpen(done.Id) is { } next)
            Go(next);
        else
            await ReloadAsync();
    }

    private async Task TogetherAsync(string said)
    {
        await Notices.SayAsync(said);
        Navigation.NavigateTo($"/approvals?box={Box}", replace: true);
    }
}
