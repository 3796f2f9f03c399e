using AgentControl.Web.Access;
using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Wall;
using AgentControl.Web.Workspaces;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor.Services;

namespace AgentControl.Web.Hosting;

/// <summary>Everything that the pages need, and their routes.</summary>
internal static class PagesSetup
{
    /// <summary>A person may edit a proposal of 1 MiB; UTF-8 in JSON takes up to three times that.</summary>
    private const long LargestMessage = 4 * 1024 * 1024;

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services
            .AddRazorComponents()
            .AddInteractiveServerComponents()
            .AddHubOptions(o =>
            {
                o.KeepAliveInterval = TimeSpan.FromSeconds(5);
                o.MaximumReceiveMessageSize = LargestMessage;
            });
        services.AddExceptionHandler<PageFailures>();
        services.AddMudServices();
        services.AddCascadingAuthenticationState();
        services.AddAuthorizationCore();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DataAge>();
        services.TryAddSingleton<LocalLiveFeed>();
        services.TryAddSingleton<ILiveFeed>(s => s.GetRequiredService<LocalLiveFeed>());
        services.TryAddScoped<INavCounts, NoNavCounts>();
        services.TryAddScoped<IHoldSource, NothingHeld>();
        services.TryAddScoped<IUnreadNews, NoUnreadNews>();
        services.TryAddScoped<IOwnEnds, NoOwnEnds>();
        services.AddScoped<IGoToSource, PageGoToSource>();
        services.AddScoped<UiPulse>();
        services.AddScoped<CircuitHandler, PulseCircuit>();
        services.AddScoped<Announcer>();
        services.AddScoped<Notices>();
        services.AddWorkspacePages();
        services.AddJobPages();
        services.AddWall();
        return services;
    }

    // Without a policy of their own they would take the viewer's role. What a page in a circuit takes, the router asks for each page.
    private static void OpenCircuitsToDisplays(EndpointBuilder endpoint)
    {
        if (
            endpoint is RouteEndpointBuilder route
            && route.RoutePattern.RawText?.TrimStart('/').StartsWith("_blazor", StringComparison.Ordinal) == true
        )
            endpoint.Metadata.Add(new AuthorizeAttribute(Policies.Display));
    }

    public static void MapPages(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = "'none'")
            .Add(OpenCircuitsToDisplays);
    }
}
