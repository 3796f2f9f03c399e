using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Ends sign-ins. An ended one is kept among its person's tokens for longer than its cookie could live.</summary>
public sealed class SignIns(IDbContextFactory<ControlDbContext> contexts, CallerDirectory directory)
{
    /// <summary>The provider of the tokens that name ended sign-ins.</summary>
    internal const string Ended = "ended sign-in";

    /// <summary>From now on nobody gets in by the sign-in that the person came by.</summary>
    public async Task EndAsync(Caller who, CancellationToken cancellationToken)
    {
        if (who is not { Kind: CallerKind.Person, SignIn: { } signIn })
            return;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            WITH forgotten AS (
                DELETE FROM user_tokens WHERE user_id = {who.Id} AND login_provider = {Ended}
                  AND value::timestamptz < ac_now() - interval '30 days'
            )
            INSERT INTO user_tokens (user_id, login_provider, name, value)
            VALUES ({who.Id}, {Ended}, {signIn.ToString()}, ac_now()::text)
            ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
        directory.Forget();
    }
}
