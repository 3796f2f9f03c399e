using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentControl.Web.Live;

/// <summary>The live hub.</summary>
internal static class LiveSetup
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSignalR().AddJsonProtocol(options => ApiJson.Apply(options.PayloadSerializerOptions));
        services.AddSingleton<IHubProtocol, LiveProtocol>();
        services.AddSingleton<LiveClients>();
        services.AddSingleton<HubLifetimeManager<LiveHub>>(provider => provider.GetRequiredService<LiveClients>());
        services.AddSingleton<LiveMessages>();
        services.AddSingleton<LiveContents>();
        services.TryAddSingleton<StepOutputs>();
        services.TryAddSingleton<ServiceChanges>();
        services.TryAddSingleton<McpServerChanges>();
        services.AddHostedService<LivePump>();
        services.AddHostedService<LiveServices>();
    }

    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes
            .MapHub<LiveHub>(LiveHub.Path, options => options.CloseOnAuthenticationExpiration = true)
            .RequireAuthorization(Policies.Viewer);
}
