using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>How a request says who it is: a key where it brings one, the browser's cookie otherwise.</summary>
internal static class AccessSchemes
{
    public const string Any = "AgentControl";
    public const string ApiKey = "ApiKey";
    public const string Display = "Display";

    /// <summary>The cookie of people, and with a word behind it that of displays.</summary>
    public const string Cookie = "agentcontrol";
    public const string DisplayCookie = Cookie + "-display";
    public const string Hubs = "/hubs";

    // Browsers cannot set a header on a WebSocket: there, and nowhere else, a key may stand in the address.
    private const string HubKey = "access_token";
    private const string Bearer = "Bearer";

    public static string Choose(HttpContext context) =>
        KeyOf(context.Request) is not null ? ApiKey
        : context.Request.Cookies.ContainsKey(Cookie) ? IdentityConstants.ApplicationScheme
        : context.Request.Cookies.ContainsKey(DisplayCookie) ? Display
        : IdentityConstants.ApplicationScheme;

    public static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (
            header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && (header.Length == Bearer.Length || header[Bearer.Length] == ' ')
        )
        {
            return header[Bearer.Length..].Trim();
        }
        return
            request.Path.StartsWithSegments(Hubs, StringComparison.OrdinalIgnoreCase)
            && request.Query.TryGetValue(HubKey, out var key)
            ? key.ToString()
            : null;
    }
}
