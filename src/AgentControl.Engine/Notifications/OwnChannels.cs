using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>What of an admin's channel may be shown: everything but its secrets.</summary>
/// <param name="Settings">By the keys of the configuration.</param>
/// <param name="HasSecrets">The secrets that are kept, by key.</param>
public sealed record OwnChannelView(
    string Name,
    string Type,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyCollection<string> HasSecrets
);

/// <summary>Keeps the channels that admins make. Secrets are encrypted and never shown again. They tell what rules say.</summary>
public sealed class OwnChannels
{
    private readonly NpgsqlDataSource database;
    private readonly NotificationBook book;
    private readonly NotificationChannels configured;

    internal OwnChannels(NpgsqlDataSource database, NotificationBook book, NotificationChannels configured) =>
        (this.database, this.book, this.configured) = (database, book, configured);

    /// <summary>Null where no admin made such a channel.</summary>
    public async Task<OwnChannelView?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, name, cancellationToken) is var (type, settings, hidden)
            ? new(name, type, settings, [.. (book.Reveal(hidden) ?? new Dictionary<string, string>()).Keys])
            : null;
    }

    /// <summary>Makes a channel, or changes it.</summary>
    /// <param name="type">slack, email or webhook; that of a channel that is there stays.</param>
    /// <param name="values">By the keys of the configuration, such as <c>webhookUrl</c>. A secret that is left out stays as it is; an empty <c>previousSecret</c> is taken away.</param>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<NotificationOutcome<OwnChannelView>> SaveAsync(
        string name,
        string type,
        IReadOnlyDictionary<string, string> values,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await ReadAsync(connection, name, cancellationToken);
        var open = Pick(values, OwnChannelText.Open)
            .Where(v => v.Value.Length > 0)
            .ToDictionary(StringComparer.Ordinal);
        var secrets = new Dictionary<string, string>(
            before is var (_, _, hidden) && before.Value.Type == type
                ? book.Reveal(hidden) ?? new Dictionary<string, string>()
                : new Dictionary<string, string>(),
            StringComparer.Ordinal
        );
        foreach (var (key, value) in Pick(values, OwnChannelText.Secrets))
            if (value.Length > 0)
                secrets[key] = value;
            else if (key == "previousSecret")
                secrets.Remove(key);
        var errors = Errors(name, type, open, secrets, values.Keys);
        if (errors.Count > 0)
            return new NotificationOutcome<OwnChannelView>.Invalid(errors);
        await Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO notification_own_channels (name, type, settings, secrets, changed_at, changed_by) VALUES ($1, $2, $3, $4, ac_now(), $5)
            ON CONFLICT (name) DO UPDATE SET type = $2, settings = $3, secrets = $4, changed_at = ac_now(), changed_by = $5
            """,
            name,
            type,
            OwnChannelText.Write(open),
            book.Hide(secrets),
            caller.Display
        );
        await AuditAsync(
            connection,
            transaction,
            caller,
            before is null ? "notificationChannel.created" : "notificationChannel.changed",
            (name, before is var (oldType, oldOpen, _) ? new { Type = oldType, Settings = oldOpen } : null),
            new { Type = type, Settings = open },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new NotificationOutcome<OwnChannelView>.Saved(new(name, type, open, [.. secrets.Keys]));
    }

    /// <summary>Deletes a channel that no rule tells by. What waits for it fails.</summary>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<NotificationOutcome<bool>> DeleteAsync(
        string name,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReadAsync(connection, name, cancellationToken) is not var (type, settings, _))
            return new NotificationOutcome<bool>.Missing();
        var rules = await Sql.ScalarAsync<long>(
            connection,
            "SELECT count(*) FROM notification_rules WHERE channel = $1",
            name
        );
        if (rules > 0)
            return new NotificationOutcome<bool>.Invalid(
                new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    ["name"] = [$"{rules} of the rules tell by it. Delete or change them first."],
                }
            );
        await Sql.ExecuteAsync(connection, "DELETE FROM notification_own_channels WHERE name = $1", name);
        await Sql.ExecuteAsync(connection, "DELETE FROM notification_channels WHERE name = $1", name);
        await AuditAsync(
            connection,
            transaction,
            caller,
            "notificationChannel.deleted",
            (name, new { Type = type, Settings = settings }),
            null,
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new NotificationOutcome<bool>.Saved(true);
    }

    private Dictionary<string, string[]> Errors(
        string name,
        string type,
        Dictionary<string, string> open,
        Dictionary<string, string> secrets,
        IEnumerable<string> given
    )
    {
        var (_, found) = ChannelReader.ReadOwn(name, OwnChannelText.Joined(type, open, secrets));
        var errors = new Dictionary<string, string[]>(found, StringComparer.Ordinal);
        if (!ChannelReader.IsName(name))
            errors["name"] = ["Use 1 to 40 of a-z, 0-9, '-' and '_', and not inApp."];
        else if (configured.Find(name) is not null)
            errors["name"] = ["A channel of the configuration has this name. Change it there, or choose another."];
        foreach (var key in given.Except(OwnChannelText.Open).Except(OwnChannelText.Secrets))
            errors[key] =
            [
                $"It is unknown. Use: {string.Join(", ", OwnChannelText.Secrets.Concat(OwnChannelText.Open))}.",
            ];
        return errors;
    }

    private static IEnumerable<KeyValuePair<string, string>> Pick(
        IReadOnlyDictionary<string, string> values,
        IReadOnlyList<string> keys
    ) => values.Where(v => keys.Contains(v.Key)).Select(v => KeyValuePair.Create(v.Key, v.Value.Trim()));

    private static async Task<(string Type, Dictionary<string, string> Settings, string Hidden)?> ReadAsync(
        NpgsqlConnection connection,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT type, settings, secrets FROM notification_own_channels WHERE name = $1 FOR UPDATE",
            name
        );
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? (row.GetString(0), OwnChannelText.Read(row.GetString(1)), row.GetString(2))
            : null;
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Caller caller,
        string action,
        (string Name, object? Before) channel,
        object? after,
        CancellationToken cancellationToken
    ) =>
        AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, action, $"notificationChannel:{channel.Name}")
            {
                TargetName = channel.Name,
                Before = channel.Before,
                After = after,
            },
            cancellationToken
        );
}
