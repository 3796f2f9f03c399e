using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>Sends a stranger to sign in and back to where they wanted to go.</summary>
public sealed class RedirectToSignIn : ComponentBase
{
    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override void OnInitialized()
    {
        var wanted = "/" + Navigation.ToBaseRelativePath(Navigation.Uri);
        Navigation.NavigateTo($"/signin?returnUrl={Uri.EscapeDataString(wanted)}", forceLoad: true);
    }
}
