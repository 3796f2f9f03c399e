using AgentControl.Engine.Hosting;
using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace AgentControl.Web.Live;

/// <summary>The live hub, and the feeds of other processes.</summary>
internal static class LiveSetup
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSignalR().AddJsonProtocol(options => ApiJson.Apply(options.PayloadSerializerOptions));
        services.AddSingleton<LiveClients>();
        services.AddSingleton<HubLifetimeManager<LiveHub>>(provider => provider.GetRequiredService<LiveClients>());
        services.AddSingleton<LiveMessages>();
        services.AddSingleton<LiveContents>();
        services.AddHostedService<LivePump>();
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<PostgresSignals>(
                provider,
                provider.GetRequiredService<EngineOptions>().Role != "worker"
            )
        );
        services.AddHostedService(provider => provider.GetRequiredService<PostgresSignals>());
    }

    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes
            .MapHub<LiveHub>(LiveHub.Path, options => options.CloseOnAuthenticationExpiration = true)
            .RequireAuthorization(Policies.Viewer);
}
