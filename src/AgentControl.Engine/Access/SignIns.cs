using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>One browser that a person is signed in with.</summary>
/// <param name="Browser">What it calls itself.</param>
/// <param name="IsThis">The one that asks.</param>
public sealed record SignInInfo(
    Guid Id,
    DateTimeOffset At,
    DateTimeOffset LastSeenAt,
    string Address,
    string Browser,
    string Way,
    bool IsThis
);

/// <summary>Where people are signed in. A sign-in that is ended lets nobody in from the next call on, whoever has its cookie.</summary>
public sealed class SignIns(IDbContextFactory<ControlDbContext> contexts, CallerDirectory directory)
{
    public const string ByPassword = "password";
    public const string ByCompany = "company";

    /// <summary>How long a cookie lasts that is not used.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(14);

    private const int LongestText = 300;

    /// <summary>Remembers a new one, with its line in the audit log; the cookie names it by the id. Those of long ago are forgotten.</summary>
    public async Task<Guid> BeginAsync(
        Actor who,
        Guid person,
        string address,
        string? browser,
        string way,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(who);
        var id = Guid.CreateVersion7();
        var shown = Events.Texts.Clean(browser, LongestText) ?? "";
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            WITH forgotten AS (
                DELETE FROM sign_ins WHERE person_id = {person} AND last_seen_at < ac_now() - interval '90 days'
            ), seen AS (
                UPDATE users SET last_seen_at = ac_now() WHERE id = {person}
            )
            INSERT INTO sign_ins (id, person_id, at, last_seen_at, address, browser, way)
            VALUES ({id}, {person}, ac_now(), ac_now(), {address}, {shown}, {way})
            """,
            cancellationToken
        );
        var entry = new AuditEntry(who, "person.signedIn", $"person:{person}")
        {
            TargetName = who.Name,
            After = new { Way = way, Browser = shown },
        };
        await context.AppendAsync(entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Those of a person that still let somebody in, the last used first.</summary>
    public async Task<IReadOnlyList<SignInInfo>> ListAsync(Caller who, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var person = Person(who);
        var since = await context.NowAsync(cancellationToken) - Lasts;
        return await context
            .Set<SignInRow>()
            .AsNoTracking()
            .Where(r => r.PersonId == person && r.EndedAt == null && r.LastSeenAt >= since)
            .OrderByDescending(r => r.LastSeenAt)
            .ThenByDescending(r => r.Id)
            .Select(r => new SignInInfo(r.Id, r.At, r.LastSeenAt, r.Address, r.Browser, r.Way, r.Id == who.SignIn))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Signs out: from now on nobody gets in by the sign-in that the person came by.</summary>
    public Task EndAsync(Caller who, CancellationToken cancellationToken) =>
        who is { Kind: CallerKind.Person, SignIn: { } signIn }
            ? EndAsync(who, signIn, "person.signedOut", cancellationToken)
            : Task.CompletedTask;

    /// <summary>Ends another one of one's own. False where there is none that is open.</summary>
    public Task<bool> EndAsync(Caller who, Guid signIn, CancellationToken cancellationToken) =>
        EndAsync(who, signIn, "person.signInEnded", cancellationToken);

    /// <summary>Ends all of one's own but the one that asks; how many.</summary>
    public async Task<int> EndOthersAsync(Caller who, CancellationToken cancellationToken)
    {
        var person = Person(who);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ended = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var count = await EndAllAsync(context, person, who.SignIn, cancellationToken);
                if (count > 0)
                    await context.AppendAsync(
                        new AuditEntry(who.Actor, "person.otherSignInsEnded", $"person:{person}")
                        {
                            TargetName = who.Name,
                            After = new { Ended = count },
                        },
                        cancellationToken
                    );
                return count;
            },
            cancellationToken
        );
        directory.Forget();
        return ended;
    }

    /// <summary>Inside the caller's transaction; the caller has the directory forget what it knows.</summary>
    internal static Task<int> EndAllAsync(
        ControlDbContext context,
        Guid person,
        Guid? but,
        CancellationToken cancellationToken
    ) =>
        context.Database.ExecuteSqlAsync(
            $"UPDATE sign_ins SET ended_at = ac_now() WHERE person_id = {person} AND ended_at IS NULL AND id IS DISTINCT FROM {but}",
            cancellationToken
        );

    private async Task<bool> EndAsync(Caller who, Guid signIn, string action, CancellationToken cancellationToken)
    {
        var person = Person(who);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var row = await context
                    .Set<SignInRow>()
                    .AsNoTracking()
                    .SingleOrDefaultAsync(
                        r => r.Id == signIn && r.PersonId == person && r.EndedAt == null,
                        cancellationToken
                    );
                if (row is null)
                    return false;
                await context.Database.ExecuteSqlAsync(
                    $"UPDATE sign_ins SET ended_at = ac_now() WHERE id = {signIn}",
                    cancellationToken
                );
                var entry = new AuditEntry(who.Actor, action, $"person:{person}")
                {
                    TargetName = who.Name,
                    Before = new { row.At, row.Address },
                };
                await context.AppendAsync(entry, cancellationToken);
                return true;
            },
            cancellationToken
        );
        directory.Forget();
        return known;
    }

    private static Guid Person(Caller who) =>
        who.Kind == CallerKind.Person ? who.Id : throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);
}
