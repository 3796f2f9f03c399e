using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;

namespace AgentControl.Web.Access;

/// <summary>Signs an open page out when its person is gone, signed out or changed the password elsewhere, or when its display's key is revoked.</summary>
internal sealed class CircuitPerson(ILoggerFactory loggers, IServiceScopeFactory scopes, CallerDirectory directory)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(5);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        var user = authenticationState.User;
        try
        {
            if (user.ToCaller() is not { } known || await directory.RefreshAsync(known, cancellationToken) is null)
                return false;
            if (known.Kind != CallerKind.Person)
                return true;
            await using var scope = scopes.CreateAsyncScope();
            var signIn = scope.ServiceProvider.GetRequiredService<SignInManager<Person>>();
            return await signIn.ValidateSecurityStampAsync(user) is not null;
        }
        catch (Exception problem) when (ProblemMapping.IsDatabaseAway(problem))
        {
            // Nobody can act while the database is away; the next look decides.
            return true;
        }
    }
}
