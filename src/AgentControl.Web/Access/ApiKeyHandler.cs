using System.Security.Claims;
using System.Text.Encodings.Web;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Access;

/// <summary>Signs a request in by its key.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    CallerDirectory directory
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const int LongestKey = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AccessSchemes.KeyOf(Request) is not { } secret)
            return AuthenticateResult.NoResult();
        if (secret.Length is 0 or > LongestKey)
            return AuthenticateResult.Fail("The API key is empty or too long.");
        var caller = await directory.KeyAsync(secret, Context.RequestAborted);
        if (caller is null)
            return AuthenticateResult.Fail("The API key is unknown, expired or revoked.");
        var identity = AccessClaims.ToIdentity(caller with { From = RequestOrigin.Of(Context) });
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        AccessProblems.UnauthenticatedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AccessProblems.ForbiddenAsync(Context, null);
}
