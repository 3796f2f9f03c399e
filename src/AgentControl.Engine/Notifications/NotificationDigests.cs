using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Gathers news and tells them together at the end of their window. The news of a window and the digest that tells them change places in
/// one transaction: whichever process looks, and wherever it dies, each is told once.
/// </summary>
internal sealed class NotificationDigests(NotificationChannels channels, NotificationBook book)
{
    /// <summary>More are counted and not written out.</summary>
    private const int MostItems = 200;

    private sealed record Wish(string Address, DigestPlan Plan);

    private sealed record Gathered(string Owner, string Channel, DateTimeOffset DueAt, NotificationMessage Message);

    /// <summary>Puts a message aside for the window that ends next. Its own id stays: the same news is gathered once.</summary>
    /// <param name="window">The plan, and when it would be sent by itself.</param>
    public static async Task CollectAsync(
        NpgsqlConnection connection,
        string owner,
        string channel,
        NotificationMessage message,
        (DigestPlan Plan, DateTimeOffset Due) window
    )
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"digest {message.Id} {channel} {owner}"));
        var now = new DateTimeOffset(await Sql.ScalarAsync<DateTime>(connection, "SELECT ac_now()"), TimeSpan.Zero);
        var from = window.Due > now ? window.Due : now;
        await using var command = Sql.Command(
            connection,
            """
            INSERT INTO notification_digest_items (id, owner, channel, due_at, message, kind, job_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
            """,
            new Guid(hash.AsSpan(0, 16)),
            owner,
            channel,
            window.Plan.NextAfter(from).UtcDateTime,
            JsonSerializer.Serialize(message, JournalJson.Options),
            message.Kind
        );
        command.Parameters.Add(
            new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid, Value = (object?)message.JobId ?? DBNull.Value }
        );
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Takes the people out of an e-mail who want their news together, and gathers it for each of them.</summary>
    /// <returns>The message for everybody else.</returns>
    public static async Task<NotificationMessage> DivertAsync(
        NpgsqlConnection connection,
        string channel,
        NotificationMessage message,
        DateTimeOffset due
    )
    {
        if (message.Kind == NotificationKind.NeedsPerson || message.To.Count == 0)
            return message;
        var left = message.To.ToList();
        foreach (var (person, wish) in await WishesAsync(connection, message.To))
        {
            left.RemoveAll(to => string.Equals(to, wish.Address, StringComparison.OrdinalIgnoreCase));
            await CollectAsync(
                connection,
                $"person:{person}",
                channel,
                message with
                {
                    To = [wish.Address],
                },
                (wish.Plan, due)
            );
        }
        return message with { To = left };
    }

    /// <summary>Writes the digests whose windows have ended into the outbox. Another process that looks at the same time leaves it to this one.</summary>
    public async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (
            !await Sql.ScalarAsync<bool>(
                connection,
                "SELECT EXISTS (SELECT 1 FROM notification_digest_items WHERE due_at <= ac_now())"
            )
        )
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await Sql.ScalarAsync<bool?>(connection, "SELECT one FROM notification_cursor FOR UPDATE SKIP LOCKED")
            is not true
        )
            return;
        // A job that ended sooner was never worth the news of its start.
        await Sql.ExecuteAsync(
            connection,
            """
            DELETE FROM notification_digest_items i USING job_runs r WHERE i.kind = 'started' AND i.due_at <= ac_now() AND r.job_id = i.job_id
               AND r.finished_at - r.started_at < $1 * interval '1 second'
            """,
            NotificationNews.LongEnough.TotalSeconds
        );
        var due = await TakeAsync(connection, cancellationToken);
        if (due.Count == 0)
            return;
        var open = await book.OpenAsync(connection, cancellationToken);
        foreach (var window in due.GroupBy(i => (i.Owner, i.Channel, i.DueAt)))
            await WriteAsync(connection, open, [.. window], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>What is taken is gone: no other look finds it again.</summary>
    private static async Task<List<Gathered>> TakeAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            """
            WITH taken AS (DELETE FROM notification_digest_items WHERE due_at <= ac_now() RETURNING *)
            SELECT owner, channel, due_at, message FROM taken ORDER BY seq
            """
        );
        var due = new List<Gathered>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            due.Add(
                new(
                    row.GetString(0),
                    row.GetString(1),
                    row.GetFieldValue<DateTimeOffset>(2),
                    JsonSerializer.Deserialize<NotificationMessage>(row.GetString(3), JournalJson.Options)!
                )
            );
        return due;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        OpenBook open,
        IReadOnlyList<Gathered> window,
        CancellationToken cancellationToken
    )
    {
        var (first, count) = (window[0], window.Count);
        // One message goes to everybody whom any of its news would have gone to; who gathers them is the same for all.
        var to = window.SelectMany(i => i.Message.To).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var hash = SHA256.HashData(
            Encoding.UTF8.GetBytes(
                "digest " + string.Join(' ', window.Select(i => i.Message.Id)) + first.Owner + first.Channel
            )
        );
        var message = new NotificationMessage(
            new Guid(hash.AsSpan(0, 16)),
            NotificationKind.Digest,
            count == 1
                ? "1 news from AgentControl"
                : string.Create(CultureInfo.InvariantCulture, $"{count} news from AgentControl"),
            Counted(window),
            channels.PublicUrl + "/notifications",
            first.DueAt
        )
        {
            To = to,
            Items =
            [
                .. window
                    .Take(MostItems)
                    .Select(i => new NotificationDigestItem(
                        i.Message.Kind,
                        i.Message.Title,
                        i.Message.Text,
                        i.Message.Link,
                        i.Message.At
                    )),
            ],
        };
        var due = open.Find(first.Channel)?.Quiet?.NotBefore(first.DueAt, null) ?? first.DueAt;
        await NotificationStore.InsertAsync(connection, first.Channel, message, (null, ""), due, cancellationToken);
    }

    /// <summary>Such as: 3 completed, 1 failed.</summary>
    private static string Counted(IReadOnlyList<Gathered> window)
    {
        var kinds = window
            .GroupBy(i => i.Message.Kind, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {Word(g.Key)}"));
        var more =
            window.Count > MostItems
                ? string.Create(CultureInfo.InvariantCulture, $" The first {MostItems} are written out.")
                : "";
        return string.Join(", ", kinds) + "." + more;
    }

    private static string Word(string kind) =>
        kind switch
        {
            NotificationKind.Started => "running",
            NotificationKind.Anomaly => "unexpected",
            NotificationKind.Mentioned => "named in comments",
            _ => kind,
        };

    private static async Task<List<(Guid Person, Wish Wish)>> WishesAsync(
        NpgsqlConnection connection,
        IEnumerable<string> addresses
    )
    {
        await using var command = Sql.Command(
            connection,
            "SELECT id, email, digest FROM users WHERE digest IS NOT NULL AND lower(email) = ANY($1)",
#pragma warning disable CA1308 // as the database compares
            (object)addresses.Select(a => a.ToLowerInvariant()).ToArray()
#pragma warning restore CA1308
        );
        var wishes = new List<(Guid, Wish)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            if (DigestPlan.Read(row.GetString(2)) is { } plan)
                wishes.Add((row.GetGuid(0), new(row.GetString(1), plan)));
        return wishes;
    }
}
