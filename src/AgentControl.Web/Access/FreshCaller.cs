using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Adds the caller to a cookie's principal, with the roles of this moment.</summary>
internal sealed class FreshCaller(CallerDirectory directory, IHttpContextAccessor http) : IClaimsTransformation
{
    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        var cookie = principal.Identities.FirstOrDefault(one =>
            one.AuthenticationType == IdentityConstants.ApplicationScheme
        );
        if (cookie is null || !Guid.TryParse(cookie.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var id))
            return principal;
        var context = http.HttpContext;
        var caller = await directory.PersonAsync(id, context?.RequestAborted ?? CancellationToken.None);
        return principal.With(
            caller is null || context is null ? caller : caller with { From = RequestOrigin.Of(context) }
        );
    }
}
