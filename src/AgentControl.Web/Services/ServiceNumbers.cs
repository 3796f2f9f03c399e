using System.Globalization;
using AgentControl.Engine.Services;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Services;

/// <summary>How the numbers of a service are written.</summary>
internal static class ServiceNumbers
{
    /// <summary>"0.4 / 6.1 s", or "– / –" where no call succeeded.</summary>
    public static string Latency(LatencyView? latency) =>
        latency is null ? $"{Formats.Unknown} / {Formats.Unknown}"
        : latency.P95 < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{latency.P50:0} / {latency.P95:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{latency.P50 / 1000:0.0} / {latency.P95 / 1000:0.0} s");

    /// <summary>One time: "640 ms", "6.1 s".</summary>
    public static string Milliseconds(double ms) =>
        ms < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.0} s");

    /// <summary>A rate for each hundred calls: whole from ten on.</summary>
    public static string Rate(double? per100) =>
        per100 is not { } rate
            ? Formats.Unknown
            : rate.ToString(rate is 0 or >= 10 ? "0" : "0.#", CultureInfo.InvariantCulture);

    public static string Share(long part, long whole) =>
        whole == 0 ? Formats.Unknown : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");

    /// <summary>"12× the usual", where it is worth a look; otherwise null.</summary>
    public static string? Unusual(ServiceView service) =>
        service.TimesUsual is { } times ? string.Create(CultureInfo.InvariantCulture, $"{times:0.#}× the usual") : null;
}
