using AgentControl.Web.Jobs;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using AgentControl.Web.Workspaces;
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
        services.AddScoped<IGoToSource, PageGoToSource>();
        services.AddScoped<UiPulse>();
        services.AddScoped<CircuitHandler, PulseCircuit>();
        services.AddScoped<Announcer>();
        services.AddScoped<Notices>();
        services.AddWorkspacePages();
        services.AddJobPages();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = "'none'");
    }
}
