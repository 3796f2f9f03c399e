using AgentControl.Core.Approvals;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AgentControl.Web.Approvals;

/// <summary>The two steps of a decision. One key or click opens the second step; only that one sends.</summary>
public sealed partial class DecisionBarView
{
    private static readonly (ApprovalDecision Decision, string Text, string Kind)[] Buttons =
    [
        (ApprovalDecision.Reject, "Reject…", "ac-btn ac-btn--danger"),
        (ApprovalDecision.Edit, "Edit…", "ac-btn"),
        (ApprovalDecision.Respond, "Answer…", "ac-btn"),
        (ApprovalDecision.Choose, "Choose…", "ac-btn ac-btn--main"),
        (ApprovalDecision.Approve, "Approve…", "ac-btn ac-btn--main"),
    ];

    private readonly Dictionary<ApprovalDecision, ElementReference> _starts = [];
    private ApprovalDecision? _focused;
    private ElementReference _field;
    private ElementReference _confirm;
    private ElementReference _comment;

    [Parameter, EditorRequired]
    public DecisionBar Bar { get; set; } = null!;

    /// <summary>Why nothing can be decided; null when it can.</summary>
    [Parameter]
    public string? Locked { get; set; }

    [Parameter]
    public EventCallback<DecisionToSend> OnSend { get; set; }

    [Parameter]
    public EventCallback OnChange { get; set; }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focused == Bar.Open)
            return;
        var left = _focused;
        _focused = Bar.Open;
        if (Bar.Open is null && left is { } was && Locked is null && _starts.TryGetValue(was, out var opener))
            await opener.FocusAsync();
        else if (Bar.Open == ApprovalDecision.Approve && Bar.NeedsWhy)
            await _comment.FocusAsync();
        else if (Bar.Open is ApprovalDecision.Approve or ApprovalDecision.Choose)
            await _confirm.FocusAsync();
        else if (Bar.Open is not null)
            await _field.FocusAsync();
    }

    private string Id(string part) => $"decide-{part}-{Bar.Request.Id:N}";

    private void StartAsync(ApprovalDecision decision)
    {
        if (Locked is null)
            Bar.Start(decision);
    }

    private Task TakeAsync(Action? change)
    {
        change?.Invoke();
        Bar.Take();
        return OnChange.InvokeAsync();
    }

    private async Task ConfirmAsync()
    {
        if (Locked is not null)
            return;
        if (Bar.Confirm() is { } decision)
            await OnSend.InvokeAsync(decision);
        else if (Bar.Error is not null && Bar.NeedsWhy)
            await _comment.FocusAsync();
        else if (
            Bar.Error is not null
            && Bar.Open is ApprovalDecision.Reject or ApprovalDecision.Respond or ApprovalDecision.Edit
        )
            await _field.FocusAsync();
    }

    private Task KeyAsync(KeyboardEventArgs e)
    {
        if (e is { Key: "Enter", CtrlKey: true })
            return ConfirmAsync();
        if (e.Key == "Escape")
            Bar.Close();
        return Task.CompletedTask;
    }
}
