using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>Keeps a part's error inside its panel: the rest of the page goes on. <c>&lt;PanelBoundary&gt;…&lt;/PanelBoundary&gt;</c></summary>
public sealed partial class PanelBoundary
{
    private LoadFailure? _failure;
    private string? _key;

    [Inject]
    private ILogger<PanelBoundary> Logger { get; set; } = null!;

    /// <summary>Another value, such as another address, tries the content anew.</summary>
    [Parameter]
    public string? ResetKey { get; set; }

    protected override void OnParametersSet()
    {
        if (_key != ResetKey)
        {
            _key = ResetKey;
            Recover();
        }
    }

    protected override Task OnErrorAsync(Exception exception)
    {
        _failure = LoadFailure.Next();
        Log.PartFailed(Logger, _failure.Id, exception);
        return Task.CompletedTask;
    }
}
