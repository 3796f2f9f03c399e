using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace AgentControl.Web.Access;

/// <summary>
/// Signs an open page out when its person is gone, disabled, or this sign-in was ended, or when its display's key is revoked: at once where this
/// process did it, within seconds where another one did.
/// </summary>
internal sealed class CircuitPerson : RevalidatingServerAuthenticationStateProvider
{
    private readonly CallerDirectory directory;
    private int looking;

    public CircuitPerson(ILoggerFactory loggers, CallerDirectory directory)
        : base(loggers)
    {
        this.directory = directory;
        directory.Forgot += LookAgain;
    }

    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(5);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return authenticationState.User.ToCaller() is { } known
                && await directory.RefreshAsync(known, cancellationToken) is not null;
        }
        catch (Exception problem) when (ProblemMapping.IsDatabaseAway(problem))
        {
            // Nobody can act while the database is away; the next look decides.
            return true;
        }
    }

    protected override void Dispose(bool disposing)
    {
        directory.Forgot -= LookAgain;
        base.Dispose(disposing);
    }

    private void LookAgain(object? sender, EventArgs e)
    {
        // One look at a time: whatever is forgotten during it was forgotten before it ended its read.
        if (Interlocked.Exchange(ref looking, 1) == 0)
            _ = LookAsync();
    }

    private async Task LookAsync()
    {
        try
        {
            await Task.Yield();
            Interlocked.Exchange(ref looking, 0);
            var state = await GetAuthenticationStateAsync();
            if (
                state.User.Identity?.IsAuthenticated == true
                && !await ValidateAuthenticationStateAsync(state, CancellationToken.None)
            )
                SetAuthenticationState(Task.FromResult(new AuthenticationState(new())));
        }
        catch (InvalidOperationException)
        {
            // A circuit that is just being made has no state yet, and one that ends none any more: the regular look decides.
        }
    }
}
