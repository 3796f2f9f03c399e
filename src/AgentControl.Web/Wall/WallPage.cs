using AgentControl.Web.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace AgentControl.Web.Wall;

/// <summary>
/// The address of the wall. A class without markup, because every file of markup takes the viewer's role by itself, and a display has less.
/// </summary>
[Route("/wall")]
[Layout(typeof(WallLayout))]
[Authorize(Policy = Policies.Display)]
public sealed class WallPage : ComponentBase
{
    /// <summary><c>names</c>: agents and numbers stand in the place of what people wrote.</summary>
    [SupplyParameterFromQuery]
    public string? Hide { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.OpenComponent<WallBoard>(0);
        builder.AddComponentParameter(1, nameof(WallBoard.HideNames), Hide == "names");
        builder.CloseComponent();
    }
}
