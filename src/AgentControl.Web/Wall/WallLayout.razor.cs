using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Wall;

/// <summary>The frame of the wall.</summary>
public sealed partial class WallLayout
{
    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Js.TryInvokeAsync("ac.interactive");
        }
    }
}
