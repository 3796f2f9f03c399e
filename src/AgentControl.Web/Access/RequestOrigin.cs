namespace AgentControl.Web.Access;

/// <summary>The words for where a request came from, as the audit log keeps them.</summary>
internal static class RequestOrigin
{
    public static string Of(HttpContext context) => $"{Surface(context.Request.Path)} {Address(context)}";

    public static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "local";

    private static string Surface(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? "REST"
        : path.StartsWithSegments("/mcp", StringComparison.OrdinalIgnoreCase) ? "MCP"
        : path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase) ? "hub"
        : path.StartsWithSegments("/a", StringComparison.OrdinalIgnoreCase) ? "phone"
        : "page";
}
