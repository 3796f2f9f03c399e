using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>Makes, lists and revokes keys. Admins only.</summary>
public sealed class ApiKeys(IDbContextFactory<ControlDbContext> contexts, CallerDirectory directory)
{
    private const int LongestName = 100;

    public async Task<ApiKeyOutcome> CreateAsync(Caller who, NewApiKey key, CancellationToken cancellationToken)
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var errors = await CheckAsync(context, key, cancellationToken);
        if (errors.Count > 0)
            return new ApiKeyOutcome.Invalid(errors);
        var secret = Secrets.NewKey();
        var id = Guid.CreateVersion7();
        await AccessChange.RunAsync(
            context,
            () => InsertAsync(context, id, secret, key, who.Actor, cancellationToken),
            cancellationToken
        );
        var made = await ListAsync(context, id, cancellationToken);
        return new ApiKeyOutcome.Created(made[0], secret);
    }

    public async Task<IReadOnlyList<ApiKeyInfo>> ListAsync(Caller who, CancellationToken cancellationToken)
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await ListAsync(context, null, cancellationToken);
    }

    /// <summary>False when there is no such key. A key that is revoked already stays as it is.</summary>
    public async Task<bool> RevokeAsync(Caller who, Guid id, CancellationToken cancellationToken)
    {
        who.Require(Role.Admin, Caller.Everywhere);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var known = await AccessChange.RunAsync(
            context,
            async () =>
            {
                var changed = await context.Database.ExecuteSqlAsync(
                    $"UPDATE api_keys SET revoked_at = ac_now() WHERE id = {id} AND revoked_at IS NULL",
                    cancellationToken
                );
                var name = await context
                    .Set<ApiKey>()
                    .Where(k => k.Id == id)
                    .Select(k => k.Name)
                    .SingleOrDefaultAsync(cancellationToken);
                if (changed == 1)
                {
                    var entry = new AuditEntry(who.Actor, "key.revoked", $"key:{id}") { TargetName = name };
                    await context.AppendAsync(entry, cancellationToken);
                }
                return name is not null;
            },
            cancellationToken
        );
        directory.Forget();
        return known;
    }

    /// <summary>Writes a key with its grant and its audit line; false when this secret is there already.</summary>
    internal static async Task<bool> InsertAsync(
        ControlDbContext context,
        Guid id,
        string secret,
        NewApiKey key,
        Actor who,
        CancellationToken cancellationToken
    )
    {
        var inserted = await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO api_keys (id, name, prefix, hash, owner_id, created_at, expires_at)
            VALUES ({id}, {key.Name}, {Secrets.Shown(secret)}, {Secrets.Hash(
                secret
            )}, {key.OwnerId}, ac_now(),
                    {key.ExpiresAt?.ToUniversalTime()})
            ON CONFLICT (hash) DO NOTHING
            """,
            cancellationToken
        );
        if (inserted == 0)
            return false;
        var role = RoleNames.Name(key.Role!.Value);
        await context.Database.ExecuteSqlAsync(
            $"INSERT INTO grants (principal_kind, principal_id, workspace, role) VALUES ('key', {id}, {key.Workspace}, {role})",
            cancellationToken
        );
        var entry = new AuditEntry(who, "key.created", $"key:{id}")
        {
            TargetName = key.Name,
            After = new
            {
                key.Role,
                key.Workspace,
                key.OwnerId,
                key.ExpiresAt,
            },
        };
        await context.AppendAsync(entry, cancellationToken);
        return true;
    }

    private static async Task<Dictionary<string, string[]>> CheckAsync(
        ControlDbContext context,
        NewApiKey key,
        CancellationToken cancellationToken
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(key.Name) || key.Name.Length > LongestName || key.Name.Any(char.IsControl))
            errors["name"] =
            [
                $"Give the key a name of 1 to {LongestName} characters, so that people know whose it is.",
            ];
        if (key.Role is not { } role || !Enum.IsDefined(role))
            errors["role"] = [$"Choose one of {string.Join(", ", RoleNames.All)}."];
        if (key.Workspace is not [_, ..] || key.Workspace.Any(char.IsControl))
            errors["workspace"] = ["Name a workspace, or * for all of them."];
        if (key.ExpiresAt is { } expires)
        {
            if (expires <= await context.NowAsync(cancellationToken))
                errors["expiresAt"] = ["Choose a time in the future, or leave it out for a key that does not expire."];
        }
        if (
            key.OwnerId is { } owner
            && !await context.Users.AnyAsync(p => p.Id == owner && p.DisabledAt == null, cancellationToken)
        )
            errors["ownerId"] = ["Nobody who may sign in has this id. Leave it out for a program's own key."];
        return errors;
    }

    private static async Task<IReadOnlyList<ApiKeyInfo>> ListAsync(
        ControlDbContext context,
        Guid? only,
        CancellationToken cancellationToken
    )
    {
        var query =
            from key in context.Set<ApiKey>().AsNoTracking()
            where only == null || key.Id == only
            join grant in context.Set<Grant>() on key.Id equals grant.PrincipalId
            where grant.PrincipalKind == "key"
            join person in context.Users on key.OwnerId equals person.Id into owners
            from owner in owners.DefaultIfEmpty()
            orderby key.Id descending
            select new
            {
                key,
                grant.Role,
                grant.Workspace,
                OwnerName = owner == null ? null : owner.DisplayName,
            };
        var rows = await query.ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new ApiKeyInfo(
                row.key.Id,
                row.key.Name,
                row.key.Prefix,
                RoleNames.Parse(row.Role)!.Value,
                row.Workspace,
                row.key.OwnerId,
                row.OwnerName,
                row.key.CreatedAt,
                row.key.ExpiresAt,
                row.key.RevokedAt,
                row.key.LastUsedAt
            )),
        ];
    }
}
