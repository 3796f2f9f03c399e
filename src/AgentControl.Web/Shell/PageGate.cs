using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using RouteData = Microsoft.AspNetCore.Components.RouteData;

namespace AgentControl.Web.Shell;

/// <summary>
/// The page of an address, for whoever may see it. As <see cref="AuthorizeRouteView"/>, but while the rights are read anew for another address of
/// the same page, that page stays as it is: what was selected or typed on it, and the focus, outlive a filter or a selection.
/// </summary>
public sealed class PageGate : AuthorizeViewCore
{
    private RouteData? _drawn;
    private Task _turn = Task.CompletedTask;
    private int _asking;

    public PageGate()
    {
        Authorized = _ => InLayout(Page);
        NotAuthorized = _ => InLayout(builder => Open<NotAllowed>(builder));
        Authorizing = InLayout(_ => { });
    }

    [Parameter, EditorRequired]
    public RouteData RouteData { get; set; } = null!;

    protected override IAuthorizeData[]? GetAuthorizeData()
    {
        var attributes = RouteData.PageType.GetCustomAttributes(inherit: true);
        IAuthorizeData[] asked = [.. attributes.OfType<IAuthorizeData>()];
        return asked.Length == 0 || attributes.OfType<IAllowAnonymous>().Any() ? null : asked;
    }

    protected override async Task OnParametersSetAsync()
    {
        _asking++;
        _turn = AskAsync(_turn);
        try
        {
            await _turn;
        }
        finally
        {
            _asking--;
        }
    }

    /// <summary>One after the other: the answer about a page that was left must never come last and count for the next one.</summary>
    private async Task AskAsync(Task before)
    {
        await before.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
        );
        await base.OnParametersSetAsync();
    }

    protected override bool ShouldRender() => _asking == 0 || _drawn?.PageType != RouteData.PageType;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        _drawn = RouteData;
        if (_asking > 0)
            builder.AddContent(0, Authorizing);
        else
            base.BuildRenderTree(builder);
    }

    private RenderFragment InLayout(RenderFragment content) =>
        builder =>
        {
            builder.OpenComponent<LayoutView>(0);
            builder.AddComponentParameter(1, nameof(LayoutView.Layout), LayoutOf(RouteData.PageType));
            builder.AddComponentParameter(2, nameof(LayoutView.ChildContent), content);
            builder.CloseComponent();
        };

    private void Page(RenderTreeBuilder builder)
    {
        builder.OpenComponent(0, RouteData.PageType);
        foreach (var (name, value) in RouteData.RouteValues)
            builder.AddComponentParameter(1, name, value);
        builder.CloseComponent();
    }

    private static void Open<T>(RenderTreeBuilder builder)
        where T : IComponent
    {
        builder.OpenComponent<T>(0);
        builder.CloseComponent();
    }

    private static Type LayoutOf(Type page) =>
        page.GetCustomAttribute<LayoutAttribute>()?.LayoutType ?? typeof(MainLayout);
}
