using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Approvals;

/// <summary>A request in place, below the row that asks for a person: read and decided by the same rules as in the inbox, while the page stays.</summary>
public sealed partial class RequestPeek
{
    private readonly RequestView _view = new();
    private string _drawn = "";

    [Inject]
    private ApprovalDesk Desk { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid Id { get; set; }

    /// <summary>The person is done with it; true where it is decided.</summary>
    [Parameter]
    public EventCallback<bool> OnClose { get; set; }

    private string ElementId => $"peek-{Id:N}";

    private string Name => _view.Shown is { } shown ? $"Request: {OddCharacters.Shown(shown.Title)}" : "Request";

    protected override IEnumerable<string> Topics => [LiveTopic.Approvals];

    protected override object LoadKey => Id;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var (request, caller) = await Desk.FindAsync(Id, cancellationToken);
        _view.Update(request, request is null ? null : ApprovalDesk.Lock(request, caller), caller?.Actor.Voter);
        Show(
            ref _drawn,
            request is null
                ? ""
                : $"{request.Revision}.{request.State}.{request.Votes.Count}.{_view.Refusal}.{request.InfoAskedBy}.{request.DeliverAt:O}"
        );
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Js.TryInvokeAsync("ac.focus", ElementId);
    }

    private async Task KeyAsync(string key)
    {
        if (key != "Escape")
            _view.Start(key);
        else if (_view.Bar is { Open: not null } bar)
            bar.Close();
        else
            await OnClose.InvokeAsync(false);
    }

    private Task DecidedAsync(bool isFinal) => isFinal ? OnClose.InvokeAsync(true) : ReloadAsync();
}
