using System.Collections.Concurrent;
using System.Text.Json;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>
/// Knows who holds which roles today. Answers are kept for a second at most, and thrown away at once when this
/// process changes a right, so a revoked key or a demoted person is refused by the next call.
/// </summary>
public sealed class CallerDirectory(IDbContextFactory<ControlDbContext> contexts, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Entry> known = new(StringComparer.Ordinal);
    private long generation;

    /// <summary>The person, with roles; null when there is no such person any more, or this sign-in is ended.</summary>
    public ValueTask<Caller?> PersonAsync(Guid id, Guid? signIn, CancellationToken cancellationToken) =>
        KnownAsync($"person:{id}:{signIn}", () => ReadPersonAsync(id, signIn, cancellationToken));

    /// <summary>The key behind a secret; null when unknown, revoked or expired.</summary>
    public ValueTask<Caller?> KeyAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secrets.Hash(secret);
        return KnownAsync($"hash:{Convert.ToHexString(hash)}", () => ReadKeyAsync(hash, cancellationToken));
    }

    /// <summary>The same caller with today's roles; null when the right to be here is gone.</summary>
    public async ValueTask<Caller?> RefreshAsync(Caller caller, CancellationToken cancellationToken)
    {
        var today = caller.Kind switch
        {
            CallerKind.Person => await PersonAsync(caller.Id, caller.SignIn, cancellationToken),
            CallerKind.ApiKey => await KnownAsync($"key:{caller.Id}", () => ReadKeyAsync(caller.Id, cancellationToken)),
            _ => caller,
        };
        return today is null ? null : today with { From = caller.From };
    }

    /// <summary>Somebody's rights may have changed just now. Handlers return at once and never throw.</summary>
    public event EventHandler? Forgot;

    /// <summary>Call after each change of a person, key or grant.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref generation);
        known.Clear();
        Forgot?.Invoke(this, EventArgs.Empty);
    }

    private async ValueTask<Caller?> KnownAsync(string name, Func<Task<Caller?>> read)
    {
        var now = time.GetTimestamp();
        if (known.TryGetValue(name, out var entry) && time.GetElapsedTime(entry.At, now) < Fresh)
            return entry.Caller;
        // A change that comes while we read must not be covered by what was read before it.
        var before = Interlocked.Read(ref generation);
        var caller = await read();
        if (caller is null)
            known.TryRemove(name, out _);
        else if (Interlocked.Read(ref generation) == before)
            known[name] = new Entry(caller, now);
        return caller;
    }

    private async Task<Caller?> ReadPersonAsync(Guid id, Guid? signIn, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context
            .Database.SqlQuery<PersonRow>(
                $"""
                SELECT u.display_name AS "DisplayName", u.email AS "Email",
                       ARRAY(SELECT m.group_name FROM group_members m WHERE m.person_id = u.id) AS "Groups",
                       (SELECT json_object_agg(g.workspace, g.role)::text FROM grants g
                        WHERE g.principal_kind = 'person' AND g.principal_id = u.id) AS "Roles",
                       coalesce(s.last_seen_at < ac_now() - interval '1 minute', false) AS "Stale"
                FROM users u LEFT JOIN sign_ins s ON s.id = {signIn} AND s.person_id = u.id AND s.ended_at IS NULL
                WHERE u.id = {id} AND u.disabled_at IS NULL AND ({signIn}::uuid IS NULL OR s.id IS NOT NULL)
                """
            )
            .ToListAsync(cancellationToken);
        if (rows is not [var row])
            return null;
        if (row.Stale)
            await MarkSeenAsync(context, id, signIn, cancellationToken);
        return new Caller(CallerKind.Person, id, row.DisplayName)
        {
            PersonId = id,
            Email = row.Email,
            Groups = row.Groups,
            SignIn = signIn,
            Roles = Roles(row.Roles),
        };
    }

    private Task<Caller?> ReadKeyAsync(byte[] hash, CancellationToken cancellationToken) =>
        ReadKeyAsync(hash, Guid.Empty, cancellationToken);

    private Task<Caller?> ReadKeyAsync(Guid id, CancellationToken cancellationToken) =>
        ReadKeyAsync([], id, cancellationToken);

    private async Task<Caller?> ReadKeyAsync(byte[] hash, Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context
            .Database.SqlQuery<KeyRow>(
                $"""
                SELECT k.id AS "Id", k.name AS "Name", k.hash AS "Hash", k.owner_id AS "OwnerId", u.display_name AS "OwnerName", u.email AS "Email",
                       ARRAY(SELECT m.group_name FROM group_members m WHERE m.person_id = k.owner_id) AS "Groups",
                       coalesce(k.last_used_at < ac_now() - interval '1 minute', true) AS "Stale",
                       (SELECT json_object_agg(g.workspace, g.role)::text FROM grants g
                        WHERE g.principal_kind = 'key' AND g.principal_id = k.id) AS "Roles",
                       (SELECT json_object_agg(g.workspace, g.role)::text FROM grants g
                        WHERE g.principal_kind = 'person' AND g.principal_id = k.owner_id) AS "OwnerRoles"
                FROM api_keys k LEFT JOIN users u ON u.id = k.owner_id
                WHERE (k.hash = {hash} OR k.id = {id}) AND u.disabled_at IS NULL
                  AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ac_now())
                """
            )
            .ToListAsync(cancellationToken);
        if (rows is not [var row] || (hash.Length > 0 && !Secrets.Same(row.Hash, hash)))
            return null;
        if (row.Stale)
            await MarkUsedAsync(context, row.Id, cancellationToken);
        var roles = Roles(row.Roles);
        return new Caller(CallerKind.ApiKey, row.Id, row.Name)
        {
            PersonId = row.OwnerId,
            OwnerName = row.OwnerName,
            Email = row.Email,
            Groups = row.Groups,
            Roles = row.OwnerId is null ? roles : AccessRules.CappedByOwner(roles, Roles(row.OwnerRoles)),
        };
    }

    private static Task<int> MarkUsedAsync(ControlDbContext context, Guid id, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            UPDATE api_keys SET last_used_at = ac_now()
            WHERE id = {id} AND coalesce(last_used_at < ac_now() - interval '1 minute', true)
            """,
            cancellationToken
        );

    private static Task<int> MarkSeenAsync(
        ControlDbContext context,
        Guid person,
        Guid? signIn,
        CancellationToken cancellationToken
    ) =>
        context.Database.ExecuteSqlAsync(
            $"""
            WITH seen AS (
                UPDATE sign_ins SET last_seen_at = ac_now() WHERE id = {signIn} AND last_seen_at < ac_now() - interval '1 minute' RETURNING person_id
            )
            UPDATE users SET last_seen_at = ac_now() FROM seen WHERE users.id = {person} AND users.id = seen.person_id
            """,
            cancellationToken
        );

    private static Dictionary<string, Role> Roles(string? json) =>
        json is null
            ? new Dictionary<string, Role>(StringComparer.Ordinal)
            : JsonSerializer
                .Deserialize<Dictionary<string, string>>(json)!
                .ToDictionary(one => one.Key, one => RoleNames.Parse(one.Value)!.Value, StringComparer.Ordinal);

    private sealed record Entry(Caller Caller, long At);

    private sealed record PersonRow(string DisplayName, string? Email, string[] Groups, string? Roles, bool Stale);

    private sealed record KeyRow(
        Guid Id,
        string Name,
        byte[] Hash,
        Guid? OwnerId,
        string? OwnerName,
        string? Email,
        string[] Groups,
        bool Stale,
        string? Roles,
        string? OwnerRoles
    );
}
