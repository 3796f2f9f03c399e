using AgentControl.Engine.Access;
using AgentControl.Engine.Telemetry;
using AgentControl.Web.Access;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AgentControl.Web.Telemetry;

/// <summary>Counts and gauges as Prometheus text under <c>/metrics</c>, and over OTLP where a receiver is configured.</summary>
internal static class TelemetrySetup
{
    public const string Path = "/metrics";

    /// <summary>From seconds to days, in which tasks end.</summary>
    private static readonly double[] _durations =
    [
        1,
        2,
        5,
        10,
        30,
        60,
        120,
        300,
        600,
        1800,
        3600,
        7200,
        21600,
        43200,
        86400,
        259200,
        604800,
    ];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var options = TelemetryOptions.Read(configuration);
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    options.ServiceName,
                    serviceVersion: typeof(TelemetrySetup).Assembly.GetName().Version?.ToString(3)
                )
            )
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(EngineMeter.Name, "Microsoft.AspNetCore.Hosting")
                    .AddView(instrument =>
                        instrument.Meter.Name == EngineMeter.Name && instrument.Unit == "s" && !instrument.IsObservable
                            ? new ExplicitBucketHistogramConfiguration { Boundaries = _durations }
                            : null
                    )
                    .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
                if (options.AddressOf("metrics") is { } receiver)
                    metrics.AddOtlpExporter(exporter =>
                    {
                        exporter.Endpoint = receiver;
                        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                        exporter.Headers = string.Join(
                            ',',
                            options.Headers.Select(h => $"{h.Key}={Uri.EscapeDataString(h.Value)}")
                        );
                    });
            });
        return services;
    }

    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<TelemetryOptions>();
        var route = routes
            .MapPrometheusScrapingEndpoint(
                Path,
                meterProvider: null,
                branch => branch.Use((context, next) => RefreshAsync(context, next, options)),
                optionsName: null
            )
            .WithName("Metrics");
        if (options.OpenMetrics)
            route.AllowAnonymous();
        else
            route.RequireAuthorization(Policies.Viewer);
    }

    /// <summary>What stands in the database is read for this answer; it tells of all workspaces, so a viewer of one alone is refused.</summary>
    private static async Task RefreshAsync(HttpContext context, RequestDelegate next, TelemetryOptions options)
    {
        if (!options.OpenMetrics)
            context.User.RequireCaller().Require(Role.Viewer, Caller.Everywhere);
        await context.RequestServices.GetRequiredService<StateGauges>().RefreshAsync(context.RequestAborted);
        await next(context);
    }
}
