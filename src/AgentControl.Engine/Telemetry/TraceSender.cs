using System.Net;
using System.Net.Http.Headers;

namespace AgentControl.Engine.Telemetry;

/// <summary>Posts spans to the receiver.</summary>
internal sealed class TraceSender(IHttpClientFactory clients, TelemetryOptions options)
{
    public const string Client = "otlp";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>True where they arrived, or where the receiver will never take them.</summary>
    /// <exception cref="HttpRequestException">It may take them later.</exception>
    public async Task<bool> SendAsync(IReadOnlyList<TraceSpan> spans, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.AddressOf("traces"))
        {
            Content = new ByteArrayContent(OtlpTraces.Encode(options.ServiceName, spans)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        foreach (var (name, value) in options.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var client = clients.CreateClient(Client);
        using var answer = await client.SendAsync(request, limit.Token);
        if (
            answer.StatusCode
            is HttpStatusCode.TooManyRequests
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout
        )
            answer.EnsureSuccessStatusCode();
        return answer.IsSuccessStatusCode;
    }
}
