using System.Globalization;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>The bar over a page whose database does not answer, also while the browser's own connection is up.</summary>
public sealed partial class DataAgeBar : IDisposable
{
    private IDisposable? _watch;
    private DateTimeOffset? _since;
    private int _seconds;

    [Inject]
    private DataAge Age { get; set; } = null!;

    [Inject]
    private UiPulse Pulse { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    public void Dispose()
    {
        _watch?.Dispose();
        Pulse.Withdraw(OnBeat);
    }

    protected override void OnInitialized() => Take();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watch = Age.Watch(() => Pulse.Request(OnBeat));
            if (Age.OldSince != _since)
            {
                Pulse.Request(OnBeat);
            }
        }
    }

    private static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private void OnBeat() => _ = InvokeAsync(Draw);

    private void Draw()
    {
        if (Age.OldSince != _since)
        {
            Take();
            StateHasChanged();
        }
    }

    private void Take()
    {
        _since = Age.OldSince;
        _seconds = _since is { } at ? (int)(Time.GetUtcNow() - at).TotalSeconds : 0;
    }
}
