using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Whether a password may be looked at now.</summary>
/// <param name="Wait">How long nothing is looked at; null where it may be.</param>
/// <param name="Began">This try began the wait.</param>
/// <param name="What">What waits: <c>here</c> (this name from this address), <c>name</c> (this name from addresses that it never signed in from) or <c>address</c>.</param>
public sealed record SignInTry(TimeSpan? Wait, bool Began, string What)
{
    public static readonly SignInTry Go = new(null, false, "");
}

/// <summary>
/// Slows guessing down: each try counts before the password is looked at, so that a thousand at once are a thousand. Three counts: a name from one
/// address, a name from anywhere, and an address. The second one never stops an address that the person has signed in from, so nobody can lock them
/// out from elsewhere. A name that nobody has is counted like one that somebody has.
/// </summary>
public sealed class SignInGuard(IDbContextFactory<ControlDbContext> contexts)
{
    /// <summary>The longest wait, in seconds.</summary>
    public const int LongestWait = 3_600;

    private static readonly Limit _here = new("here", 5, 60);
    private static readonly Limit _name = new("name", 20, 300);
    private static readonly Limit _address = new("address", 50, 900);

    /// <summary>Counts a try.</summary>
    /// <param name="person">Whose name it is, where somebody has it.</param>
    public async Task<SignInTry> TryAsync(
        string name,
        string address,
        Guid? person,
        CancellationToken cancellationToken
    )
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var here = await CountAsync(context, _here, Here(name, address), cancellationToken);
        if (here.Wait is not null)
            return here;
        var byAddress = await CountAsync(context, _address, Key("address", address), cancellationToken);
        if (byAddress.Wait is not null)
            return byAddress;
        if (person is { } known && await IsKnownAsync(context, known, address, cancellationToken))
            return SignInTry.Go;
        return await CountAsync(context, _name, Key("name", Normal(name)), cancellationToken);
    }

    /// <summary>The try was right: it counts no more, and what was wrong from here is forgotten.</summary>
    public async Task ForgetAsync(string name, string address, CancellationToken cancellationToken)
    {
        byte[][] others = [Key("address", address), Key("name", Normal(name))];
        var here = Here(name, address);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            WITH mine AS (DELETE FROM sign_in_guards WHERE key = {here})
            UPDATE sign_in_guards SET failures = greatest(failures - 1, 0) WHERE key = ANY({others})
            """,
            cancellationToken
        );
    }

    private static async Task<SignInTry> CountAsync(
        ControlDbContext context,
        Limit limit,
        byte[] key,
        CancellationToken cancellationToken
    )
    {
        // When a wait is over one try is free; the next one waits twice as long. A day without a try, and all is forgotten.
        var rows = await context
            .Database.SqlQuery<Counted>(
                $"""
                WITH old AS (DELETE FROM sign_in_guards WHERE key IN (
                  SELECT key FROM sign_in_guards WHERE last_at < ac_now() - interval '1 day' AND key <> {key} LIMIT 50 FOR UPDATE SKIP LOCKED)),
                t AS (SELECT ac_now() AS now),
                counted AS (
                  INSERT INTO sign_in_guards AS g (key, failures, locks, locked_until, last_at) SELECT {key}, 1, 0, NULL, now FROM t
                  ON CONFLICT (key) DO UPDATE SET
                    failures = CASE WHEN g.locked_until > ac_now() THEN g.failures WHEN g.last_at < ac_now() - interval '1 day' THEN 1
                                    WHEN g.failures >= {limit.Tries} THEN {limit.Tries} - 1 ELSE g.failures + 1 END,
                    locks = CASE WHEN g.locked_until > ac_now() THEN g.locks WHEN g.last_at < ac_now() - interval '1 day' THEN 0
                                 WHEN g.failures >= {limit.Tries} THEN g.locks + 1 ELSE g.locks END,
                    locked_until = CASE WHEN g.locked_until > ac_now() THEN g.locked_until WHEN g.last_at < ac_now() - interval '1 day' THEN NULL
                                        WHEN g.failures >= {limit.Tries} THEN ac_now() + make_interval(secs => least({limit.Seconds} * power(2, least(g.locks, 20)), {LongestWait})) END,
                    last_at = CASE WHEN g.locked_until > ac_now() THEN g.last_at ELSE ac_now() END
                  RETURNING g.locked_until, g.last_at)
                SELECT extract(epoch FROM locked_until - now)::float8 AS "Wait", last_at >= now AS "Began" FROM counted, t
                """
            )
            .ToListAsync(cancellationToken);
        var row = rows[0];
        return row.Wait is { } seconds and > 0
            ? new(TimeSpan.FromSeconds(seconds), row.Began, limit.What)
            : SignInTry.Go;
    }

    private static Task<bool> IsKnownAsync(
        ControlDbContext context,
        Guid person,
        string address,
        CancellationToken cancellationToken
    ) => context.Set<SignInRow>().AnyAsync(r => r.PersonId == person && r.Address == address, cancellationToken);

    private static byte[] Here(string name, string address) => Key("here", $"{Normal(name)}\n{address}");

    private static string Normal(string name) => name.Trim().ToUpperInvariant();

    private static byte[] Key(string what, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{what}\n{value}"));

    /// <param name="Tries">Free ones.</param>
    /// <param name="Seconds">The first wait; each one after it is twice as long.</param>
    private sealed record Limit(string What, int Tries, int Seconds);

    private sealed record Counted(double? Wait, bool Began);
}
