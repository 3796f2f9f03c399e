using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AgentControl.Web.Access;

/// <summary>The cookie of a screen that hangs in a room. It counts only while its display key does, which is asked with each request.</summary>
internal static class DisplayCookie
{
    /// <summary>As long as browsers keep a cookie; each use begins it anew.</summary>
    private static readonly TimeSpan _lasts = TimeSpan.FromDays(400);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = AccessSchemes.DisplayCookie;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = _lasts;
        options.SlidingExpiration = true;
        options.LoginPath = "/display";
        options.AccessDeniedPath = "/display";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    /// <summary>Whether a caller is a display and no more: only then may its key become a cookie.</summary>
    public static bool IsDisplay(Caller? caller) =>
        caller is { Kind: CallerKind.ApiKey } && caller.HasAnywhere(Role.Display) && !caller.HasAnywhere(Role.Viewer);

    public static ClaimsPrincipal Principal(Caller caller) => new(AccessClaims.ToIdentity(caller));

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var directory = http.RequestServices.GetRequiredService<CallerDirectory>();
        var today = context.Principal?.ToCaller() is { } known
            ? await directory.RefreshAsync(known, http.RequestAborted)
            : null;
        if (today is not null && IsDisplay(today))
        {
            context.ReplacePrincipal(Principal(today with { From = RequestOrigin.Of(http) }));
            return;
        }
        context.RejectPrincipal();
        await http.SignOutAsync(AccessSchemes.Display);
    }
}
