using System.Text;
using System.Threading.Channels;
using AgentControl.Engine.Telemetry;
using AgentControl.Web.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace AgentControl.Web.Tests.Hosting;

/// <summary>The same counts over OTLP, at a real receiver, and only where one is configured.</summary>
public sealed class OtlpMetricsTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_are_sent_as_protobuf_with_the_configured_token()
    {
        var arrived = Channel.CreateUnbounded<(string Path, string? Type, string? Token, string Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var receiver = builder.Build();
        receiver.MapPost(
            "/{**path}",
            async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await arrived.Writer.WriteAsync(
                    (
                        context.Request.Path,
                        context.Request.ContentType,
                        context.Request.Headers["x-token"],
                        Encoding.UTF8.GetString(body.ToArray())
                    )
                );
            }
        );
        await receiver.StartAsync(Now);

        await using var sender = Provider(
            new()
            {
                ["AgentControl:Telemetry:Endpoint"] = receiver.Urls.Single(),
                ["AgentControl:Telemetry:Headers"] = "x-token=se%20cret",
            }
        );
        var meters = sender.GetRequiredService<MeterProvider>();
        using var meter = new EngineMeter();
        meter.Called("erp@elsewhere", 3, 1);
        // It says false, because Prometheus asks for itself; what arrives counts.
        meters.ForceFlush(30_000);

        var (path, type, token, sent) = await arrived
            .Reader.ReadAsync(Now)
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), Now);
        Assert.Equal(("/v1/metrics", "application/x-protobuf", "se cret"), (path, type, token));
        Assert.Contains("agentcontrol.service.calls", sent, StringComparison.Ordinal);
        Assert.Contains("erp", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", sent, StringComparison.Ordinal);
    }

    private static ServiceProvider Provider(Dictionary<string, string?> settings) =>
        new ServiceCollection()
            .AddLogging()
            .AddTelemetry(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
}
