using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication;

namespace AgentControl.Web.Access;

/// <summary>Adds the caller to a cookie's principal, with the roles of this moment.</summary>
internal sealed class FreshCaller(CallerDirectory directory, IHttpContextAccessor http) : IClaimsTransformation
{
    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        if (principal.ToSignIn() is not var (id, signIn))
            return principal;
        var context = http.HttpContext;
        var caller = await directory.PersonAsync(id, signIn, context?.RequestAborted ?? CancellationToken.None);
        return principal.With(
            caller is null || context is null ? caller : caller with { From = RequestOrigin.Of(context) }
        );
    }
}
