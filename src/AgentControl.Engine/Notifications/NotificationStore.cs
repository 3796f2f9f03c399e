using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Notifications;

/// <summary>The statements of the outbox.</summary>
internal static class NotificationStore
{
    /// <summary>The channel that is the program itself.</summary>
    public const string InApp = "inApp";

    /// <summary>Longer than any try: whoever dies over one leaves it to others behind this.</summary>
    private const string LeaseSeconds = "60";

    /// <summary>The addresses of everybody who may look into a workspace.</summary>
    public static async Task<string[]> MembersAsync(NpgsqlConnection connection, string workspace) =>
        await Sql.ScalarAsync<string[]>(
            connection,
            """
            SELECT coalesce(array_agg(DISTINCT p.email), '{}') FROM grants g JOIN users p ON p.id = g.principal_id
             WHERE g.principal_kind = 'person' AND g.role <> 'display' AND g.workspace IN ($1, '*') AND p.email IS NOT NULL AND p.disabled_at IS NULL
            """,
            workspace
        ) ?? [];

    /// <summary>The first of these that is no channel; null where all are.</summary>
    public static async Task<string?> UnknownAsync(
        NpgsqlConnection connection,
        NotificationChannels configured,
        IEnumerable<string> names
    ) =>
        await Sql.ScalarAsync<string>(
            connection,
            "SELECT n FROM unnest($1) WITH ORDINALITY AS u(n, i) WHERE n <> 'inApp' AND NOT EXISTS (SELECT 1 FROM notification_own_channels c WHERE c.name = n) ORDER BY i LIMIT 1",
            (object)names.Where(n => configured.Find(n) is null).ToArray()
        );

    /// <summary>Puts a message into the outbox, once under its id.</summary>
    /// <param name="due">When it is sent; null where it is there already.</param>
    public static async Task<int> InsertAsync(
        NpgsqlConnection connection,
        string channel,
        NotificationMessage message,
        (Guid? Id, string Workspace) job,
        DateTimeOffset? due,
        CancellationToken cancellationToken,
        Guid? person = null
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            INSERT INTO notifications (id, channel, kind, workspace, message, state, attempts, created_at, sent_at, next_at, job_id, person_id)
            VALUES ($1, $2, $3, $4, $5, $6, 0, ac_now(), CASE WHEN $6 = 'sent' THEN ac_now() END, $7, $8, $9) ON CONFLICT (id) DO NOTHING
            """,
            message.Id,
            channel,
            message.Kind,
            job.Workspace,
            JsonSerializer.Serialize(message, JournalJson.Options),
            due is null ? "sent" : "pending"
        );
        command.Parameters.Add(
            new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = due?.UtcDateTime ?? (object)DBNull.Value }
        );
        foreach (var id in new[] { job.Id, person })
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)id ?? DBNull.Value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets go of the news that a job has started where it ended meanwhile, and shows the rest.</summary>
    public static Task<int> SettleAsync(NpgsqlConnection connection) =>
        Sql.ExecuteAsync(
            connection,
            """
            WITH late AS (
              DELETE FROM notifications n USING job_runs r WHERE n.kind = 'started' AND n.state = 'pending' AND n.next_at <= ac_now()
                 AND r.job_id = n.job_id AND r.state IN ('succeeded','failed','cancelled') RETURNING n.id)
            UPDATE notifications SET state = 'sent', sent_at = ac_now(), next_at = NULL
             WHERE channel = 'inApp' AND state = 'pending' AND next_at <= ac_now() AND id NOT IN (SELECT id FROM late)
            """
        );

    /// <summary>Forgets what was settled more than 30 days ago.</summary>
    public static Task<int> PruneAsync(NpgsqlConnection connection) =>
        Sql.ExecuteAsync(
            connection,
            """
            WITH calls AS (DELETE FROM slack_calls WHERE at < ac_now() - interval '1 hour')
            DELETE FROM notifications WHERE state <> 'pending' AND created_at < ac_now() - interval '30 days'
            """
        );

    /// <summary>The channels with something to do now, and how long until the next.</summary>
    public static async Task<(IReadOnlyList<string> Due, TimeSpan? Next)> DueAsync(NpgsqlConnection connection)
    {
        await using var command = Sql.Command(
            connection,
            "SELECT channel, extract(epoch FROM min(next_at) - ac_now())::float8 FROM notifications WHERE state = 'pending' GROUP BY channel"
        );
        var due = new List<string>();
        TimeSpan? next = null;
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var wait = TimeSpan.FromSeconds(Math.Clamp(row.GetDouble(1), 0, 3_600));
            // What is due in the program itself is shown by the next look.
            if (wait == TimeSpan.Zero && row.GetString(0) is not InApp and var channel)
                due.Add(channel);
            else if (next is null || wait < next)
                next = wait;
        }
        return (due, next);
    }

    /// <summary>Takes the oldest due message of a channel for one try; null where there is none, or others have them.</summary>
    public static async Task<ClaimedMessage?> ClaimAsync(NpgsqlConnection connection, string channel)
    {
        await using var command = Sql.Command(
            connection,
            $"""
            UPDATE notifications SET attempts = attempts + 1, next_at = ac_now() + interval '{LeaseSeconds} seconds'
             WHERE id = (SELECT id FROM notifications WHERE channel = $1 AND state = 'pending' AND next_at <= ac_now()
                          ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, attempts, message, job_id, (SELECT disabled_at IS NOT NULL FROM notification_channels WHERE name = $1)
            """,
            channel
        );
        await using var row = await command.ExecuteReaderAsync();
        if (!await row.ReadAsync())
            return null;
        return new(
            row.GetGuid(0),
            row.GetInt32(1),
            JsonSerializer.Deserialize<NotificationMessage>(row.GetString(2), JournalJson.Options)!,
            await row.IsDBNullAsync(3) ? null : row.GetGuid(3),
            !await row.IsDBNullAsync(4) && row.GetBoolean(4)
        );
    }

    /// <summary>Writes how a try went. False where somebody else has taken the message over.</summary>
    /// <param name="state">pending, sent or failed.</param>
    /// <param name="pause">Until the next try, where it is pending.</param>
    public static async Task<bool> MarkAsync(
        NpgsqlConnection connection,
        ClaimedMessage message,
        string state,
        TimeSpan? pause,
        string answer
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            UPDATE notifications SET state = $3, answer = $4, sent_at = CASE WHEN $3 = 'sent' THEN ac_now() END,
                   next_at = CASE WHEN $3 = 'pending' THEN ac_now() + $5 * interval '1 second' END
             WHERE id = $1 AND attempts = $2 AND state = 'pending'
            """,
            message.Id,
            message.Attempt,
            state,
            answer
        );
        command.Parameters.Add(
            new() { NpgsqlDbType = NpgsqlDbType.Double, Value = pause?.TotalSeconds ?? (object)DBNull.Value }
        );
        return await command.ExecuteNonQueryAsync() == 1;
    }

    /// <summary>Remembers how the channel did.</summary>
    public static Task<int> RememberAsync(NpgsqlConnection connection, string channel, SendOutcome outcome) =>
        Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO notification_channels (name, tried_at, worked, answer, disabled_at)
            VALUES ($1, ac_now(), $2, $3, CASE WHEN $4 THEN ac_now() END)
            ON CONFLICT (name) DO UPDATE SET tried_at = ac_now(), worked = $2, answer = $3,
                   disabled_at = CASE WHEN $4 THEN COALESCE(notification_channels.disabled_at, ac_now()) WHEN $2 THEN NULL ELSE notification_channels.disabled_at END
            """,
            channel,
            outcome.Sent,
            outcome.Answer,
            outcome.Gone
        );
}

/// <summary>A message that this process may try to send.</summary>
/// <param name="Disabled">The channel takes none.</param>
internal sealed record ClaimedMessage(Guid Id, int Attempt, NotificationMessage Message, Guid? JobId, bool Disabled);
