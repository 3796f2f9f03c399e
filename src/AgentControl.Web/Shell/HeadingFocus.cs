using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using RouteData = Microsoft.AspNetCore.Components.RouteData;

namespace AgentControl.Web.Shell;

/// <summary>
/// After each change of page its heading has the focus, as soon as it is there. While the rights to a page are read there is none yet, and
/// <see cref="Microsoft.AspNetCore.Components.Routing.FocusOnNavigate"/> looks once.
/// </summary>
public sealed class HeadingFocus : ComponentBase
{
    private Type? _page;
    private bool _changed;

    [Parameter, EditorRequired]
    public RouteData RouteData { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    protected override void OnParametersSet()
    {
        _changed |= _page != RouteData.PageType;
        _page = RouteData.PageType;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_changed)
            return;
        _changed = false;
        await Js.TryInvokeAsync("ac.focusHeading");
    }
}
