using AgentControl.Engine.Approvals;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Approvals;

/// <summary>The inbox of requests to people: list left, request right, decided in two steps.</summary>
public sealed partial class ApprovalsPage
{
    private const string Mine = "mine";
    private const string All = "all";
    private readonly ApprovalsView _view = new();
    private InboxCounts _counts = new(0, 0);
    private bool _mayReassign;
    private bool _snoozing;
    private IReadOnlyList<ApprovalView> _alike = [];
    private string _drawn = "";
    private Guid? _toFocus;

    [Inject]
    private ApprovalDesk Desk { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter]
    public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "box")]
    private string? Asked { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? Typed { get; set; }

    [SupplyParameterFromQuery(Name = "together")]
    private bool IsTogether { get; set; }

    private string Box =>
        Asked is All or ApprovalQueries.Decided ? Asked
        : Id is null ? Mine
        : Asked ?? All;

    private string? Text => Typed?.Trim() is { Length: > 0 } text ? text : null;

    private string EmptyText =>
        Box switch
        {
            _ when Text is { } text =>
                $"No request here has “{OddCharacters.Shown(text)}” in its title, its job's name or its agent.",
            Mine when _counts.All > 0 => "Nobody is waiting for you.",
            ApprovalQueries.Decided => "Nothing was decided yet.",
            _ => "Nothing waits for a person.",
        };

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override object LoadKey => (Box, Id, Text);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var inbox = await Desk.ReadAsync(Box, Id ?? _view.Shown?.Id, cancellationToken, Text);
        // The address says which one is open; without it the first of the list is shown.
        var selected =
            inbox.Selected is { } found
            && (Id is not null || inbox.Items.Any(i => i.Id == found.Id) || found.State != "pending")
                ? found
            : inbox.Items.Count > 0 && Id is null ? inbox.Items[0]
            : null;
        _counts = inbox.Counts;
        _mayReassign =
            selected is not null && inbox.Caller is { } caller && ApprovalAccess.MayReassign(selected, caller);
        _snoozing &= selected?.Id == _view.Shown?.Id;
        _view.Update(
            inbox.Items,
            selected,
            selected is null ? null : inbox.LockOf(selected),
            inbox.Caller?.Actor.Voter
        );
        _alike = [.. _view.Alike.Where(a => inbox.LockOf(a) is null)];
        Show(ref _drawn, Fingerprint(inbox, selected));
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_toFocus is not { } item || item != _view.Shown?.Id)
            return;
        _toFocus = null;
        await Js.TryInvokeAsync("ac.focus", ApprovalItem.ElementId(item));
    }

    private string? Current(string box) => Box == box ? "true" : null;

    private string ListOf(string box) => Text is { } text ? $"box={box}&q={Uri.EscapeDataString(text)}" : $"box={box}";

    private void SearchFor(string? typed)
    {
        var text = string.IsNullOrWhiteSpace(typed) ? "" : $"&q={Uri.EscapeDataString(typed.Trim())}";
        Navigation.NavigateTo($"/approvals?box={Box}{text}", replace: true);
    }

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

    private async Task KeyAsync(string key)
    {
        switch (key)
        {
            case "j" or "ArrowDown":
                Go(_view.Neighbour(1));
                break;
            case "k" or "ArrowUp":
                Go(_view.Neighbour(-1));
                break;
            case "ArrowRight":
                await Js.TryInvokeAsync("ac.focus", "appr-request");
                break;
            case "Escape" when _view.Bar is { Open: not null } bar:
                bar.Close();
                break;
            case "Escape" or "ArrowLeft":
                (_snoozing, _toFocus) = (_snoozing && key != "Escape", _view.Shown?.Id);
                break;
            case "h":
                _snoozing = _view.CanDecide && _view.Refusal is null;
                break;
            default:
                _view.Start(key);
                break;
        }
    }

    private void Go(Guid? id)
    {
        _toFocus = id;
        if (id is { } next && next != _view.Shown?.Id)
            Navigation.NavigateTo($"/approvals/{next}?{ListOf(Box)}", replace: true);
    }

    private async Task ReassignedAsync()
    {
        await Notices.SayAsync($"Reassigned: {OddCharacters.Shown(_view.Shown!.Title)}");
        await ReloadAsync();
    }

    private async Task DecidedAsync(bool isFinal)
    {
        if (isFinal && _view.NextOpen(_view.Shown!.Id) is { } next)
            Go(next);
        else
            await ReloadAsync();
    }

    private async Task TakenBackAsync(Guid id)
    {
        Go(id);
        await ReloadAsync();
    }

    private async Task SnoozedAsync(bool later)
    {
        var done = _view.Shown!;
        _snoozing = false;
        await Notices.SayAsync(
            later
                ? $"You are asked again later: {OddCharacters.Shown(done.Title)}"
                : $"Back in your list: {OddCharacters.Shown(done.Title)}"
        );
        if (later && Box == Mine && _view.NextOpen(done.Id) is { } next)
            Go(next);
        else
            await ReloadAsync();
    }

    private async Task TogetherAsync(string said)
    {
        await Notices.SayAsync(said);
        Navigation.NavigateTo($"/approvals?{ListOf(Box)}", replace: true);
    }
}
