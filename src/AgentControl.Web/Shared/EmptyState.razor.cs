using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Shared;

/// <summary>Nothing to show: one sentence on why, and one action.</summary>
public sealed partial class EmptyState
{
    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <summary>One sentence on why there is nothing.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>A dashed frame, where the empty part stands alone on the page.</summary>
    [Parameter]
    public bool Framed { get; set; }

    /// <summary>One action.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>The id of the field in which the action begins, where its form stands on the same page.</summary>
    [Parameter]
    public string? Field { get; set; }

    /// <summary>What the button that leads to <see cref="Field"/> says.</summary>
    [Parameter]
    public string Action { get; set; } = "";

    private Task FocusAsync() => Js.TryInvokeAsync("ac.focusFirst", Field);
}
