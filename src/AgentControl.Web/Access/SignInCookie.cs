using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>A cookie counts only while its sign-in is not ended, wherever a copy of it may be.</summary>
internal static class SignInCookie
{
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var directory = http.RequestServices.GetRequiredService<CallerDirectory>();
        if (
            context.Principal?.ToSignIn() is var (person, signIn)
            && await directory.PersonAsync(person, signIn, http.RequestAborted) is not null
        )
        {
            await SecurityStampValidator.ValidatePrincipalAsync(context);
        }
        else
        {
            context.RejectPrincipal();
        }
    }

    /// <summary>A renewed cookie belongs to the same sign-in.</summary>
    public static Task KeepAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(AccessClaims.SignIn) is { } signIn)
            context.NewPrincipal?.Identities.First().AddClaim(new Claim(signIn.Type, signIn.Value));
        return Task.CompletedTask;
    }
}
