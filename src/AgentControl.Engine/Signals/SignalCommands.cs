using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Signals;

/// <summary>How a signal was taken.</summary>
public enum SignalOutcome
{
    /// <summary>An open wait took it, or it lies in the job's mailbox.</summary>
    Accepted,

    /// <summary>The same key and body came before: nothing was delivered again.</summary>
    Replayed,
    NotFound,

    /// <summary>The job has ended.</summary>
    Ended,
    KeyReused,
    InFlight,
    TooLarge,
}

/// <summary>Delivers values that agents wait for by name.</summary>
public sealed class SignalCommands
{
    private readonly NpgsqlDataSource database;
    private readonly EventFeed feed;
    private readonly Bells bells;

    internal SignalCommands(NpgsqlDataSource database, EventFeed feed, Bells bells) =>
        (this.database, this.feed, this.bells) = (database, feed, bells);

    public async Task<SignalOutcome> SendAsync(
        Guid jobId,
        string name,
        JsonElement value,
        Actor actor,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        name = Texts.Clean(name, 200);
        var bytes = Encoding.UTF8.GetBytes(value.GetRawText());
        if (bytes.Length > SubmissionRules.MaxInputBytes)
            return SignalOutcome.TooLarge;
        var id = Guid.CreateVersion7();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (key is not null)
        {
            switch (await SubmissionKeys.ClaimAsync(connection, key, id, cancellationToken))
            {
                case SubmissionKeys.Claim.Replayed:
                    return SignalOutcome.Replayed;
                case SubmissionKeys.Claim.OtherBody:
                    return SignalOutcome.KeyReused;
                case SubmissionKeys.Claim.Busy:
                    return SignalOutcome.InFlight;
            }
        }
        if (await CommandRow.LockAsync(connection, jobId, cancellationToken) is not { } row)
            return SignalOutcome.NotFound;
        if (Core.Jobs.JobStates.IsFinal(row.State))
            return SignalOutcome.Ended;
        var line = await JobLog.AppendAsync(
            connection,
            jobId,
            new(
                EventTypes.SignalReceived,
                $"Signal {name} from {actor.Name}",
                EventData.Of(new { name, bytes = bytes.Length }),
                Actor: actor.Name
            )
        );
        var wait = await Sql.ScalarAsync<string>(
            connection,
            "SELECT key FROM waits WHERE job_id = $1 AND kind = 'signal' AND target = $2 ORDER BY since LIMIT 1",
            jobId,
            name
        );
        await Sql.ExecuteAsync(
            connection,
            "INSERT INTO signals (id, job_id, name, value, sent_by, at, taken_by) VALUES ($1, $2, $3, $4, $5, ac_now(), NULLIF($6, ''))",
            id,
            jobId,
            name,
            bytes,
            actor.Name,
            wait ?? ""
        );
        if (wait is not null)
            await JobLog.AnswerAsync(connection, jobId, wait, bytes, fast: true);
        if (actor.IsAccountable)
            await AuditLog.AppendAsync(
                connection,
                transaction,
                new(actor, "job.signalled", $"job:{jobId}")
                {
                    After = new
                    {
                        Signal = name,
                        Bytes = bytes.Length,
                        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                    },
                },
                cancellationToken
            );
        await transaction.CommitAsync(cancellationToken);
        // Rung whatever the row says by now: a hand that another answer rang may have taken this job, and that answer's job needs one.
        if (wait is not null)
            bells.RingResume();
        feed.Publish([line]);
        return SignalOutcome.Accepted;
    }
}
