using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace AgentControl.Web;

/// <summary>
/// The document around every page. Pages marked [ExcludeFromInteractiveRouting] get neither a circuit nor its scripts and style sheets.
/// </summary>
public partial class App
{
    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    private Preferences _likes = Preferences.Usual;

    [Inject]
    private Profiles Profiles { get; set; } = null!;

    private bool Interactive => Context.AcceptsInteractiveRouting();

    private IComponentRenderMode? Mode => Interactive ? RenderMode.InteractiveServer : null;

    protected override async Task OnInitializedAsync()
    {
        if (Context.User.ToCaller() is { Kind: CallerKind.Person } person)
            _likes = Preferences.Read(await Profiles.PreferencesAsync(person.Id, Context.RequestAborted));
    }
}
