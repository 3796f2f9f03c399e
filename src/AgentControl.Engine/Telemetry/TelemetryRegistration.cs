using AgentControl.Engine.Live;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Engine.Telemetry;

/// <summary>What counts, what reads how things stand, and, where a receiver is configured, what sends traces.</summary>
internal static class TelemetryRegistration
{
    public static void AddTelemetryParts(this IServiceCollection services, IConfiguration configuration, bool runsJobs)
    {
        var options = TelemetryOptions.Read(configuration);
        services.AddSingleton(options);
        services.AddSingleton<EngineMeter>();
        services.AddSingleton(s => new StateGauges(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<EngineMeter>(),
            s.GetRequiredService<EventFeed>(),
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddHostedService<EndedJobs>();
        if (options.Endpoint is null)
            return;
        services.AddHostedService<StateLoop>();
        if (!runsJobs)
            return;
        services.AddHttpClient(TraceSender.Client);
        services.AddSingleton<TraceSender>();
        services.AddHostedService<TraceCourier>();
    }
}
