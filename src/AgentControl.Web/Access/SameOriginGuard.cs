using System.Net;
using AgentControl.Web.Mcp;

namespace AgentControl.Web.Access;

/// <summary>
/// Refuses what another origin's page sends with the browser's cookie: WebSockets and everything that changes something.
/// SameSite does not: another port of the same host counts as the same site. At <c>/mcp</c> it refuses them whatever they send.
/// </summary>
internal sealed class SameOriginGuard(RequestDelegate next, IConfiguration configuration)
{
    private readonly string? publicOrigin = Origin(configuration["AgentControl:PublicUrl"]);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var changes =
            !HttpMethods.IsGet(request.Method)
            && !HttpMethods.IsHead(request.Method)
            && !HttpMethods.IsOptions(request.Method)
            && !HttpMethods.IsTrace(request.Method);
        var refused = request.Path.StartsWithSegments(McpSetup.Path, StringComparison.OrdinalIgnoreCase)
            ? IsForeign(request) || IsBorrowed(request)
            : (changes || IsWebSocket(request)) && IsForeign(request) && !IsKeyed(request);
        return refused ? AccessProblems.CrossOrigin().ExecuteAsync(context) : next(context);
    }

    /// <summary>A key in a header was put there by a program; a cookie comes by itself.</summary>
    private static bool IsKeyed(HttpRequest request) => AccessSchemes.KeyOf(request) is not null;

    private static bool IsWebSocket(HttpRequest request) =>
        request.HttpContext.WebSockets.IsWebSocketRequest
        || request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || (HttpMethods.IsConnect(request.Method) && request.Headers.ContainsKey(":protocol"));

    private bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase);
        return !string.Equals(origin, Origin($"{request.Scheme}://{request.Host}"), StringComparison.OrdinalIgnoreCase)
            && !string.Equals(origin, publicOrigin, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A page under a name that anybody may have let point here (DNS rebinding): not the public one, no address, not this machine's own.</summary>
    private bool IsBorrowed(HttpRequest request)
    {
        var (origin, host) = (request.Headers.Origin.ToString(), request.Host.Host.Trim('[', ']'));
        return origin.Length > 0
            && !string.Equals(origin, publicOrigin, StringComparison.OrdinalIgnoreCase)
            && !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            && !IPAddress.TryParse(host, out _);
    }

    public static string? Origin(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null;
}
