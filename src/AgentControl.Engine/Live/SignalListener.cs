using System.Threading.Channels;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Control;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Live;

/// <summary>
/// Hears what other processes committed, reads those events and hands them on. After a lost connection it reads whatever
/// was committed since a transaction id that was safe before: ids order commits, highest numbers would not.
/// </summary>
/// <param name="publish">Null where nobody watches events.</param>
/// <param name="control">Obeys at once what other processes ask for; after a lost connection it looks everywhere.</param>
/// <param name="outputs">Takes what steps of other processes write; null where nobody watches.</param>
/// <param name="audit">While somebody watches it, the proof of life brings the end of the audit log with it, whoever wrote there: no writer tells.</param>
internal sealed class SignalListener(
    NpgsqlDataSource database,
    string me,
    Action<IReadOnlyList<LiveEvent>>? publish,
    ControlHearing? control,
    StepOutputSignals? outputs,
    AuditChanges? audit,
    Action contact,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>How often a silent connection is proved alive: the one heartbeat of a process, by which watchers know the age of their data.</summary>
    private static readonly TimeSpan ProveEvery = TimeSpan.FromSeconds(1);

    /// <summary>How far apart two remembered transaction ids are at least. What was sent before the older one has arrived.</summary>
    private static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(5);

    /// <summary>A proof that takes longer counts as a lost connection.</summary>
    private const int ProofSeconds = 5;

    private const int CatchUpChunk = 2_000;

    private const string Columns = "e.job_id, e.no, e.at, e.type, e.level, e.message, e.data, e.actor";

    /// <summary>Every event below this transaction id was announced before the last proof; the one before it leaves room for slow announcers.</summary>
    private long? safe;
    private long? newest;
    private long rememberedAt;
    private long provedAt;

    /// <summary>The newest line of the audit log that its watchers were told of; null while nobody watches.</summary>
    private long? told;

    /// <summary>Listens until the connection is lost.</summary>
    /// <param name="listening">Called when nothing that comes from now on can be missed.</param>
    public async Task ListenAsync(Action listening, CancellationToken stopping)
    {
        await using var connection = await database.OpenConnectionAsync(stopping);
        var heard = Channel.CreateUnbounded<string>(new() { SingleReader = true });
        connection.Notification += (_, signal) =>
        {
            if (signal.Channel == ControlText.Topic)
                control?.Hear(signal.Payload);
            else if (signal.Channel == StepOutputSignals.Topic)
                outputs?.Hear(signal.Payload);
            else
                heard.Writer.TryWrite(signal.Payload);
        };
        await using (var listen = new NpgsqlCommand(Topics(), connection))
            await listen.ExecuteNonQueryAsync(stopping);
        control?.CheckAll();
        await CatchUpAsync(stopping);
        await ProveAsync(connection, stopping);
        contact();
        listening();
        while (true)
        {
            var silent = !await connection.WaitAsync(ProveEvery, stopping);
            // Where there is always something to hear, it is proved all the same.
            if (silent || time.GetElapsedTime(provedAt) >= ProveEvery)
                await ProveAsync(connection, stopping);
            contact();
            await ReadAsync(heard.Reader, stopping);
        }
    }

    private string Topics() =>
        string.Join(
            "; ",
            new[]
            {
                publish is null ? null : SignalSender.Topic,
                control is null ? null : ControlText.Topic,
                outputs is null ? null : StepOutputSignals.Topic,
            }
                .OfType<string>()
                .Select(topic => $"LISTEN {topic}")
        );

    private async Task ProveAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                CASE WHEN $1 THEN (SELECT seq FROM audit_head) END
            """,
            connection
        )
        {
            CommandTimeout = ProofSeconds,
        };
        command.Parameters.Add(new() { Value = audit?.IsWatched == true });
        await using var proof = await command.ExecuteReaderAsync(stopping);
        await proof.ReadAsync(stopping);
        provedAt = time.GetTimestamp();
        Remember(proof.GetInt64(0));
        Tell(await proof.IsDBNullAsync(1, stopping) ? null : proof.GetInt64(1));
    }

    private void Remember(long xmin)
    {
        if (newest is not null && time.GetElapsedTime(rememberedAt) < RememberEvery)
            return;
        (safe, newest) = (newest ?? xmin, xmin);
        rememberedAt = time.GetTimestamp();
    }

    private void Tell(long? line)
    {
        if (line is { } newer && newer != told)
            audit?.Publish(newer);
        told = line;
    }

    /// <summary>Everything visible from the safe id on. What was published before is sorted out by number.</summary>
    private async Task CatchUpAsync(CancellationToken stopping)
    {
        if (safe is not { } from || publish is null)
            return;
        var (job, no) = (Guid.Empty, 0L);
        while (true)
        {
            await using var command = database.CreateCommand(
                $"""
                SELECT {Columns}, e.xid::text::bigint FROM events e
                WHERE e.xid >= $1::text::xid8 AND (e.xid, e.job_id, e.no) > ($1::text::xid8, $2, $3)
                ORDER BY e.xid, e.job_id, e.no LIMIT {CatchUpChunk}
                """
            );
            command.Parameters.Add(new() { Value = from.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            command.Parameters.Add(new() { Value = job });
            command.Parameters.Add(new() { Value = no });
            var (events, last) = await EventsAsync(command, stopping);
            publish(events);
            if (events.Count < CatchUpChunk)
            {
                Log.SignalsCaughtUp(logger, from);
                return;
            }
            (from, job, no) = (last, events[^1].JobId, events[^1].No);
        }
    }

    private async Task ReadAsync(ChannelReader<string> heard, CancellationToken stopping)
    {
        var ranges = new List<EventRange>();
        while (heard.TryRead(out var text))
        {
            // Every process hears itself too.
            if (!text.StartsWith(me, StringComparison.Ordinal))
                ranges.AddRange(SignalText.Read(text).Ranges);
        }
        if (ranges.Count == 0 || publish is null)
            return;
        await using var command = database.CreateCommand(
            $"""
            SELECT {Columns}, 0::bigint FROM unnest($1, $2, $3) AS r (job_id, first, last)
            JOIN events e ON e.job_id = r.job_id AND e.no BETWEEN r.first AND r.last ORDER BY e.job_id, e.no
            """
        );
        command.Parameters.Add(new() { Value = ranges.ConvertAll(r => r.JobId).ToArray() });
        command.Parameters.Add(new() { Value = ranges.ConvertAll(r => r.From).ToArray() });
        command.Parameters.Add(new() { Value = ranges.ConvertAll(r => r.To).ToArray() });
        publish((await EventsAsync(command, stopping)).Events);
    }

    private static async Task<(List<LiveEvent> Events, long LastXid)> EventsAsync(
        NpgsqlCommand command,
        CancellationToken stopping
    )
    {
        var events = new List<LiveEvent>();
        var xid = 0L;
        await using var rows = await command.ExecuteReaderAsync(stopping);
        while (await rows.ReadAsync(stopping))
        {
            events.Add(
                new LiveEvent(
                    rows.GetGuid(0),
                    rows.GetInt64(1),
                    rows.GetFieldValue<DateTimeOffset>(2),
                    rows.GetString(3),
                    rows.GetString(4),
                    rows.GetString(5),
                    await rows.IsDBNullAsync(6, stopping) ? null : rows.GetString(6),
                    await rows.IsDBNullAsync(7, stopping) ? null : rows.GetString(7)
                )
            );
            xid = rows.GetInt64(8);
        }
        return (events, xid);
    }
}
