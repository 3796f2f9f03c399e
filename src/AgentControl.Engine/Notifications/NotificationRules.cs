using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Notifications;

/// <summary>Keeps the rules that admins make. They hold from the next news on, in every process.</summary>
public sealed class NotificationRules
{
    private const string Columns =
        "id, kinds, agents, tags, workspaces, tell, channel, enabled, every_minutes, every_percent, changed_at, changed_by, comment_on_result, digest";

    private readonly NpgsqlDataSource database;
    private readonly NotificationBook book;

    internal NotificationRules(NpgsqlDataSource database, NotificationBook book) =>
        (this.database, this.book) = (database, book);

    public async Task<IReadOnlyList<NotificationRuleView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Sql.Command(
            connection,
            $"SELECT {Columns} FROM notification_rules ORDER BY created_at, id"
        );
        return await ReadAsync(command, cancellationToken);
    }

    /// <param name="id">The rule that is changed; null for a new one.</param>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<NotificationOutcome<NotificationRuleView>> SaveAsync(
        Guid? id,
        NotificationRuleDraft draft,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var errors = draft.Problems(await book.OpenAsync(connection, cancellationToken));
        if (errors.Count > 0)
            return new NotificationOutcome<NotificationRuleView>.Invalid(errors);
        var before = id is { } old ? await FindAsync(connection, old, cancellationToken) : null;
        if (id is not null && before is null)
            return new NotificationOutcome<NotificationRuleView>.Missing();
        await using var command = Sql.Command(
            connection,
            $"""
            INSERT INTO notification_rules (id, kinds, agents, tags, workspaces, tell, channel, enabled, changed_by, comment_on_result, every_minutes, every_percent, digest, created_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, ac_now(), ac_now())
            ON CONFLICT (id) DO UPDATE SET kinds = $2, agents = $3, tags = $4, workspaces = $5, tell = $6, channel = $7, enabled = $8, changed_by = $9,
                   comment_on_result = $10, every_minutes = $11, every_percent = $12, digest = $13, changed_at = ac_now() RETURNING {Columns}
            """,
            id ?? Guid.CreateVersion7(),
            draft.On.Distinct().ToArray(),
            draft.Agents.Distinct().ToArray(),
            draft.Tags.Distinct().ToArray(),
            draft.Workspaces.Distinct().ToArray(),
            draft.Tell.Distinct(StringComparer.OrdinalIgnoreCase).ToArray(),
            draft.Channel,
            draft.Enabled,
            caller.Display,
            draft.CommentOnResult
        );
        foreach (var number in new[] { draft.EveryMinutes, draft.EveryPercent })
            command.Parameters.Add(
                new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = (object?)number ?? DBNull.Value }
            );
        command.Parameters.Add(
            new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)draft.Digest?.Write() ?? DBNull.Value }
        );
        var saved = (await ReadAsync(command, cancellationToken)).Single();
        await AuditAsync(
            connection,
            transaction,
            caller,
            before is null ? "notificationRule.created" : "notificationRule.changed",
            (before, saved),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new NotificationOutcome<NotificationRuleView>.Saved(saved);
    }

    /// <summary>False where there is no such rule.</summary>
    /// <exception cref="AccessDeniedException">The caller is no admin.</exception>
    public async Task<bool> DeleteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        caller.Require(Role.Admin, Caller.Everywhere);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, id, cancellationToken) is not { } before)
            return false;
        await Sql.ExecuteAsync(connection, "DELETE FROM notification_rules WHERE id = $1", id);
        await AuditAsync(
            connection,
            transaction,
            caller,
            "notificationRule.deleted",
            (before, null),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<NotificationRuleView?> FindAsync(
        NpgsqlConnection connection,
        Guid id,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            $"SELECT {Columns} FROM notification_rules WHERE id = $1 FOR UPDATE",
            id
        );
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private static async Task<IReadOnlyList<NotificationRuleView>> ReadAsync(
        NpgsqlCommand command,
        CancellationToken cancellationToken
    )
    {
        var rules = new List<NotificationRuleView>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        string[] Words(int column) => row.GetFieldValue<string[]>(column);
        while (await row.ReadAsync(cancellationToken))
            rules.Add(
                new(
                    row.GetGuid(0),
                    Words(1),
                    Words(2),
                    Words(3),
                    Words(4),
                    Words(5),
                    row.GetString(6),
                    row.GetBoolean(7),
                    row.IsDBNull(8) ? null : row.GetInt32(8),
                    row.IsDBNull(9) ? null : row.GetInt32(9),
                    row.GetFieldValue<DateTimeOffset>(10),
                    row.GetString(11),
                    row.GetBoolean(12),
                    DigestWish.Of(row.IsDBNull(13) ? null : row.GetString(13))
                )
            );
        return rules;
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Caller caller,
        string action,
        (NotificationRuleView? Before, NotificationRuleView? After) rule,
        CancellationToken cancellationToken
    )
    {
        var one = rule.After ?? rule.Before!;
        return AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, action, $"notificationRule:{one.Id}")
            {
                TargetName = one.Channel,
                Before = Told(rule.Before),
                After = Told(rule.After),
            },
            cancellationToken
        );
    }

    private static object? Told(NotificationRuleView? rule) =>
        rule is null
            ? null
            : new
            {
                rule.On,
                rule.Agents,
                rule.Tags,
                rule.Workspaces,
                rule.Tell,
                rule.Channel,
                rule.Enabled,
                rule.EveryMinutes,
                rule.EveryPercent,
                rule.CommentOnResult,
                rule.Digest,
            };
}
