using Microsoft.Extensions.Configuration;

namespace AgentControl.Engine.Telemetry;

/// <summary>Where traces and metrics are sent. Our own settings come first, then the standard variables of OpenTelemetry.</summary>
/// <param name="Endpoint">The base address of an OTLP/HTTP receiver; null where nothing is sent.</param>
/// <param name="Headers">Sent along, such as a token.</param>
/// <param name="ServiceName">What this program is called there.</param>
/// <param name="OpenMetrics"><c>/metrics</c> answers without a key.</param>
public sealed record TelemetryOptions(
    Uri? Endpoint,
    IReadOnlyDictionary<string, string> Headers,
    string ServiceName,
    bool OpenMetrics
)
{
    public const string Section = "AgentControl:Telemetry";
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string StandardHeaders = "OTEL_EXPORTER_OTLP_HEADERS";
    private const string StandardProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Protocol = "http/protobuf";

    /// <summary>The receiver's address for one signal: <c>traces</c> or <c>metrics</c>.</summary>
    public Uri? AddressOf(string signal) =>
        Endpoint is null ? null : new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}");

    /// <exception cref="InvalidOperationException">Something cannot be used; it names the key and the remedy.</exception>
    public static TelemetryOptions Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (key, text) = First(configuration, $"{Section}:Endpoint", StandardEndpoint);
        Uri? endpoint = null;
        if (
            text is not null
            && !(Uri.TryCreate(text, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https")
        )
            throw new InvalidOperationException(
                $"{key} is '{text}'. Give the address of an OTLP/HTTP receiver, such as http://localhost:4318."
            );
        if (endpoint is not null && configuration[StandardProtocol] is { Length: > 0 } protocol && protocol != Protocol)
            throw new InvalidOperationException(
                $"{StandardProtocol} is '{protocol}'. Use {Protocol}, and the receiver's port for it, which is usually 4318."
            );
        var open = configuration[$"{Section}:OpenMetrics"];
        if (open is not (null or "") && !bool.TryParse(open, out _))
            throw new InvalidOperationException($"{Section}:OpenMetrics is '{open}'. Use true or false.");
        return new(
            endpoint,
            ReadHeaders(First(configuration, $"{Section}:Headers", StandardHeaders)),
            First(configuration, $"{Section}:ServiceName", "OTEL_SERVICE_NAME").Value ?? "agentcontrol",
            open is not null && bool.TryParse(open, out var yes) && yes
        );
    }

    private static (string Key, string? Value) First(IConfiguration configuration, string own, string standard) =>
        configuration[own] is { Length: > 0 } value ? (own, value)
        : configuration[standard] is { Length: > 0 } other ? (standard, other)
        : (own, null);

    private static Dictionary<string, string> ReadHeaders((string Key, string? Value) setting)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var pair in (setting.Value ?? "").Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new InvalidOperationException(
                    $"{setting.Key}: write headers as name=value, with commas between them."
                );
            headers[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
        }
        return headers;
    }
}
