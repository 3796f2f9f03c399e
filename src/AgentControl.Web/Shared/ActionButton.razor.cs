using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Shared;

/// <summary>
/// A button whose result only the server confirms: it says what it does ("Cancelling…") and stays off until the answer, after 2 s
/// "Still waiting", after 30 s what to do next. A missing right does not hide it: <see cref="DisabledReason"/> says why it is off.
/// <c>&lt;ActionButton Text="Pause" BusyText="Pausing…" OnAct="PauseAsync" /&gt;</c>
/// </summary>
public sealed partial class ActionButton : IDisposable
{
    private static readonly TimeSpan _stillAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _adviceAfter = TimeSpan.FromSeconds(30);

    private ITimer? _still;
    private ITimer? _advice;
    private bool _busy;
    private string? _note;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    [Parameter, EditorRequired]
    public string BusyText { get; set; } = "";

    /// <summary>Asks first; the button is busy only after the yes.</summary>
    [Parameter]
    public Func<ConfirmRequest>? Ask { get; set; }

    [Parameter, EditorRequired]
    public EventCallback OnAct { get; set; }

    /// <summary>"" or "main", "danger", "danger-main", "plain".</summary>
    [Parameter]
    public string Kind { get; set; } = "";

    [Parameter]
    public string? Icon { get; set; }

    [Parameter]
    public string? Title { get; set; }

    /// <summary>Such as "Needs the Operator role"; null where the action is allowed.</summary>
    [Parameter]
    public string? DisabledReason { get; set; }

    [Parameter]
    public string? ShortcutKey { get; set; }

    [Parameter]
    public string? TestId { get; set; }

    [Parameter]
    public string StillText { get; set; } = "Still waiting for the worker.";

    [Parameter]
    public string AdviceText { get; set; } = "No answer for 30 s. Load the page again to see the state as it is.";

    private string Classes => Kind.Length == 0 ? "ac-btn" : $"ac-btn ac-btn--{Kind}";

    public void Dispose()
    {
        _still?.Dispose();
        _advice?.Dispose();
    }

    private async Task ActAsync()
    {
        if (_busy || DisabledReason is not null)
        {
            return;
        }

        if (Ask is not null && !await Dialogs.ConfirmAsync(Ask()))
        {
            return;
        }

        _busy = true;
        _still = After(_stillAfter, StillText);
        _advice = After(_adviceAfter, AdviceText);
        try
        {
            await OnAct.InvokeAsync();
        }
        finally
        {
            Dispose();
            _busy = false;
            _note = null;
        }
    }

    private ITimer After(TimeSpan due, string note) =>
        Clock.CreateTimer(_ => _ = InvokeAsync(() => Say(note)), null, due, Timeout.InfiniteTimeSpan);

    private void Say(string note)
    {
        if (_busy)
        {
            _note = note;
            StateHasChanged();
        }
    }
}
