using System.Security.Claims;
using AgentControl.Engine.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace AgentControl.Web.Access;

/// <summary>Reads the request's principal, or the circuit's where no request is at hand.</summary>
internal sealed class CallerAccessor(
    IHttpContextAccessor http,
    AuthenticationStateProvider circuit,
    CallerDirectory directory
) : ICallerAccessor
{
    public async ValueTask<Caller?> CurrentAsync(CancellationToken cancellationToken) =>
        (await UserAsync()).ToCaller() is { } known ? await directory.RefreshAsync(known, cancellationToken) : null;

    private async ValueTask<ClaimsPrincipal> UserAsync() =>
        http.HttpContext?.User ?? (await circuit.GetAuthenticationStateAsync()).User;
}
