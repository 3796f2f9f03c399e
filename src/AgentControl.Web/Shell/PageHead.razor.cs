using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shell;

/// <summary>A step of the way to a page, shown in the top bar.</summary>
public sealed record Crumb(string Text, string Href);

/// <summary>
/// Heads every page of the main frame: the title of the tab, the way in the top bar, and the one h1 with the page's actions beside it.
/// <c>&lt;PageHead Title="Jobs"&gt;buttons&lt;/PageHead&gt;</c>
/// </summary>
public sealed partial class PageHead
{
    /// <summary>The name of the section outlet in the top bar.</summary>
    internal const string Crumbs = "crumbs";

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>What stands in the browser's tab, if it is not the title; " · AgentControl" is added.</summary>
    [Parameter]
    public string? TabTitle { get; set; }

    /// <summary>The pages above this one.</summary>
    [Parameter]
    public IReadOnlyList<Crumb>? Path { get; set; }

    /// <summary>Stands before the h1, such as a state chip.</summary>
    [Parameter]
    public RenderFragment? Before { get; set; }

    /// <summary>Stands behind the h1, such as an id.</summary>
    [Parameter]
    public RenderFragment? After { get; set; }

    /// <summary>The page's actions.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }
}
