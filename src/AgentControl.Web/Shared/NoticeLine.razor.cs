using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>One notice; its time stands still while the pointer or the focus is on it.</summary>
public sealed partial class NoticeLine : IDisposable
{
    private ITimer? _timer;
    private bool _undoing;
    private bool _pointer;
    private bool _focus;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public Notice Notice { get; set; } = null!;

    /// <summary>Whether the key z takes back this one.</summary>
    [Parameter]
    public bool TakesUndoKey { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _timer = Clock.CreateTimer(
                _ => _ = InvokeAsync(Close),
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
            Hold();
        }
    }

    public void Dispose() => _timer?.Dispose();

    // The focus may leave while the pointer stays, and the other way round.
    private void Hold(bool? pointer = null, bool? focus = null)
    {
        (_pointer, _focus) = (pointer ?? _pointer, focus ?? _focus);
        _timer?.Change(
            _pointer || _focus || _undoing ? Timeout.InfiniteTimeSpan : Notices.Stay,
            Timeout.InfiniteTimeSpan
        );
    }

    private void Close() => Notices.Close(Notice);

    private async Task UndoAsync()
    {
        if (_undoing)
            return;
        _undoing = true;
        Hold();
        await Notice.Undo!();
        Close();
    }
}
