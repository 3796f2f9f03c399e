using System.Net;
using AgentControl.Web.Access;

namespace AgentControl.Web.Mcp;

/// <summary>
/// Refuses a page of another origin at <c>/mcp</c>, whatever it sends with it. A name that an attacker lets point here (DNS rebinding) is no origin
/// of this program, though it is the request's own: it is known by <c>AgentControl:PublicUrl</c>, by an address, or as this machine.
/// </summary>
internal sealed class McpOriginGuard(RequestDelegate next, IConfiguration configuration)
{
    /// <summary>Origins of pages that may call the server, such as a client that runs in a browser.</summary>
    public const string Setting = "AgentControl:Mcp:AllowedOrigins";

    private readonly string? publicOrigin = SameOriginGuard.Origin(configuration["AgentControl:PublicUrl"]);

    private readonly HashSet<string> allowed = new(
        configuration.GetSection(Setting).Get<string[]>()?.Select(o => o.TrimEnd('/')) ?? [],
        StringComparer.OrdinalIgnoreCase
    );

    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments(McpSetup.Path, StringComparison.OrdinalIgnoreCase)
        && IsForeign(context.Request)
            ? AccessProblems.CrossOrigin().ExecuteAsync(context)
            : next(context);

    private bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase);
        if (allowed.Contains(origin) || string.Equals(origin, publicOrigin, StringComparison.OrdinalIgnoreCase))
            return false;
        return !string.Equals(
                origin,
                SameOriginGuard.Origin($"{request.Scheme}://{request.Host}"),
                StringComparison.OrdinalIgnoreCase
            ) || !CannotBeRebound(request.Host.Host);
    }

    private static bool CannotBeRebound(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
