using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentControl.Web.Shell;

/// <summary>A part of the frame that marks where the person is.</summary>
public abstract class LocationAware : ComponentBase, IDisposable
{
    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected string Path => new Uri(Navigation.Uri).AbsolutePath;

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        GC.SuppressFinalize(this);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(StateHasChanged);
}
