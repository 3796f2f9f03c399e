using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Shell;

/// <summary>The frame of every page with a circuit.</summary>
public sealed partial class MainLayout
{
    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Path => new Uri(Navigation.Uri).AbsolutePath;

    // With <base href="/"> a bare fragment would lead to the start page.
    private string SkipHref => $"{new Uri(Navigation.Uri).PathAndQuery}#content";

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Js.TryInvokeAsync("ac.interactive");
        }
    }
}
