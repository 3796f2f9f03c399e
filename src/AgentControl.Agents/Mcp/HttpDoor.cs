using System.Net;
using ModelContextProtocol.Client;

namespace AgentControl.Agents.Mcp;

/// <summary>The way to a server behind HTTP: no redirect is followed, no cookie kept, and no answer is longer than one message may be.</summary>
internal static class HttpDoor
{
    private static readonly TimeSpan _connectWithin = TimeSpan.FromSeconds(10);

    public static HttpClientTransport Transport(McpServerSettings server) =>
        new(
            new HttpClientTransportOptions
            {
                Endpoint = server.Url!,
                Name = server.Name,
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = server.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
                ConnectionTimeout = TimeSpan.FromSeconds(server.TimeoutSeconds),
                // Nothing is asked of the server that it would answer there.
                EnableStandaloneGetStream = false,
                MaxReconnectionAttempts = 0,
            },
            Client(),
            ownsHttpClient: true
        );

    private static HttpClient Client() =>
        new(
            new CappedAnswers(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    UseProxy = false,
                    AutomaticDecompression = DecompressionMethods.All,
                    ConnectTimeout = _connectWithin,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                    MaxResponseHeadersLength = 64,
                }
            )
        )
        {
            // Whoever calls knows the limit.
            Timeout = Timeout.InfiniteTimeSpan,
        };

    private sealed class CappedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var answer = await base.SendAsync(request, cancellationToken);
            var whole = answer.Content;
            var capped = new StreamContent(
                new CappedStream(
                    await whole.ReadAsStreamAsync(cancellationToken),
                    StdioProcess.MaxMessage,
                    perLine: false
                )
            );
            foreach (var header in whole.Headers)
                capped.Headers.TryAddWithoutValidation(header.Key, header.Value);
            answer.Content = capped;
            return answer;
        }
    }
}
