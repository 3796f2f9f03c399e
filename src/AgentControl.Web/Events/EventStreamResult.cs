using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.Metadata;

namespace AgentControl.Web.Events;

/// <summary>A job's log as server-sent events: each has its number as id, so that a reader who comes back misses nothing.</summary>
internal sealed class EventStreamResult(JobRef job, long after, EventFilter filter) : IResult, IEndpointMetadataProvider
{
    /// <summary>How often a stream shows that it lives, and its reader is asked for anew, however much there is to write.</summary>
    public static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    private static readonly byte[] _ping = ": ping\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var services = httpContext.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        var time = services.GetRequiredService<TimeProvider>();
        using var tail = new EventTail(
            services.GetRequiredService<EventFeed>(),
            services.GetRequiredService<EventQueries>(),
            time,
            job.Id,
            after
        );
        try
        {
            await response.Body.WriteAsync(_ping, end.Token);
            await response.Body.FlushAsync(end.Token);
            while (await MayReadAsync(services, end.Token))
                await UntilPingAsync(response, tail, time, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went away, or the program stops: both end a stream in order.
        }
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(EventView), ["text/event-stream"])
        );
    }

    private async Task UntilPingAsync(HttpResponse response, EventTail tail, TimeProvider time, CancellationToken end)
    {
        var since = time.GetTimestamp();
        while (
            PingEvery - time.GetElapsedTime(since) is { Ticks: > 0 } left
            && await tail.NextAsync(left, end) is { Count: > 0 } events
        )
        {
            using var text = new MemoryStream();
            foreach (var one in events.Where(filter.Matches))
                Write(text, one);
            if (text.Length == 0)
                continue;
            await response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), end);
            await response.Body.FlushAsync(end);
        }
        await response.Body.WriteAsync(_ping, end);
        await response.Body.FlushAsync(end);
    }

    private static void Write(MemoryStream text, EventView one)
    {
        text.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {one.No}\ndata: ")));
        JsonSerializer.Serialize(text, one, ApiJson.Options);
        text.Write("\n\n"u8);
    }

    private async Task<bool> MayReadAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<ICallerAccessor>().CurrentAsync(cancellationToken) is { } caller
        && caller.Has(Role.Viewer, job.Workspace);
}
