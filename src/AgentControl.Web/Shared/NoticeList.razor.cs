using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>The notices of the circuit, in the frame once.</summary>
public sealed partial class NoticeList : IDisposable
{
    private ImmutableList<Notice> _open = [];

    [Inject]
    private Notices Notices { get; set; } = null!;

    protected override void OnInitialized()
    {
        _open = Notices.Open;
        Notices.Changed += OnChanged;
    }

    public void Dispose() => Notices.Changed -= OnChanged;

    private void OnChanged(object? sender, EventArgs e) =>
        _ = InvokeAsync(() =>
        {
            _open = Notices.Open;
            StateHasChanged();
        });
}
