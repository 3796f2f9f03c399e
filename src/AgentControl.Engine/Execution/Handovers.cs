using AgentControl.Core.Events;
using AgentControl.Core.Jobs;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Live;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Recording;
using Npgsql;

namespace AgentControl.Engine.Execution;

/// <summary>Goes on elsewhere: on another queue's workers, or as a new job.</summary>
internal sealed class Handovers(NpgsqlDataSource database, EventFeed feed)
{
    public static async Task ContinueOnAsync(Attempt attempt, Scope scope, string queue)
    {
        if (!QueueNames.IsValid(queue))
            throw new ArgumentException(
                $"'{queue}' is no queue name: use a-z, 0-9, '-' and '_', at most 50 characters.",
                nameof(queue)
            );
        if (scope.Path.Length > 0)
            throw new InvalidOperationException(
                "ContinueOnAsync moves the whole job and cannot be called inside Parallel."
            );
        var name = "continueOn:" + queue;
        var key = scope.NextKey(name);
        if (attempt.Journal.Find(key) is { } entry)
        {
            scope.Replayed(entry.CompletedAt);
            return;
        }
        attempt.Cancellation.ThrowIfCancellationRequested();
        if (attempt.Holding)
        {
            await attempt.HoldBackAsync<bool>(scope);
            return;
        }
        var contribution = new Contribution();
        scope.Flush(contribution);
        contribution.Steps.Add(
            new(
                key,
                name,
                "continue",
                "completed",
                contribution.Events.Count,
                1,
                null,
                "null"u8.ToArray(),
                null,
                null,
                null,
                0
            )
        );
        contribution.Events.Add(
            new(EventTypes.StepCompleted, $"Goes on in queue {queue}", EventData.Step(key, name, 1))
        );
        if (queue == attempt.Job.Queue)
        {
            scope.Recorded((await attempt.RecordAsync(contribution)).Now);
            return;
        }
        contribution.End = AttemptEnds.HandedOver(attempt, queue);
        attempt.Last.End = contribution.End;
        attempt.Final = await attempt.RecordAsync(contribution);
        attempt.End(AttemptEnd.Recorded);
        await new TaskCompletionSource().Task;
    }

    /// <summary>The new job and this one's end in one transaction.</summary>
    public Task ContinueAsNewAsync(Attempt attempt, Scope scope, byte[] input) =>
        attempt.ReachAsync(
            scope,
            async () =>
            {
                await GoOnAsync(attempt, scope, input);
                return true;
            }
        );

    private async Task GoOnAsync(Attempt attempt, Scope scope, byte[] input)
    {
        if (scope.Path.Length > 0)
            throw new InvalidOperationException(
                "ContinueAsNewAsync ends the whole job and cannot be called inside Parallel."
            );
        if (input.Length > SubmissionRules.MaxInputBytes)
            throw new PermanentFailureException(
                "inputTooLarge",
                $"The input to go on with has {input.Length:N0} bytes; at most {SubmissionRules.MaxInputBytes:N0} are allowed. Write it to a file of the workspace and pass its path."
            );
        attempt.Cancellation.ThrowIfCancellationRequested();
        if (attempt.Holding)
        {
            await attempt.HoldBackAsync<bool>(scope);
            return;
        }
        var riding = new Contribution();
        scope.Flush(riding);
        var next = JobIds.Next();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var told = await JobLog.FenceAndAppendAsync(connection, attempt.Pen, riding.Events);
        // Somebody asked for a cancel or a pause first: the order on the row decides.
        if (
            await Storage.Sql.ScalarAsync<bool>(
                connection,
                "SELECT cancel_requested OR pause_requested FROM job_runs WHERE job_id = $1",
                attempt.Job.Id
            )
        )
        {
            await transaction.RollbackAsync();
            await attempt.RecordAsync(new Contribution());
            attempt.Cancellation.ThrowIfCancellationRequested();
            await attempt.HoldBackAsync<bool>(scope);
            return;
        }
        var inserted = await JobInserter.ContinueAsync(connection, attempt.Job, next, input);
        // The chain keeps what its first job was submitted with.
        await Storage.Sql.ExecuteAsync(
            connection,
            """
            WITH p AS (UPDATE job_runs n SET priority = o.priority FROM job_runs o WHERE n.job_id = $1 AND o.job_id = $2)
            UPDATE jobs n SET timeout_seconds = o.timeout_seconds, concurrency_key = o.concurrency_key, budget = o.budget, notify = o.notify,
                   approval_policy = o.approval_policy, submitter = o.submitter, traceparent = o.traceparent, batch_id = o.batch_id
              FROM jobs o WHERE n.id = $1 AND o.id = $2
            """,
            next,
            attempt.Job.Id
        );
        await Storage.Sql.ExecuteAsync(
            connection,
            "SELECT ac_end($1, 'succeeded', NULL, NULL, $2, NULL)",
            attempt.Job.Id,
            $"Goes on as {ShortId.Of(next)}"
        );
        var ended = await Storage.Sql.ScalarAsync<long>(
            connection,
            "SELECT last_no FROM job_runs WHERE job_id = $1",
            attempt.Job.Id
        );
        await Storage.Sql.ExecuteAsync(
            connection,
            """
            INSERT INTO job_results (job_id, continued_as) VALUES ($1, $2)
            ON CONFLICT (job_id) DO UPDATE SET continued_as = EXCLUDED.continued_as, error = NULL
            """,
            attempt.Job.Id,
            next
        );
        // Parents follow the chain: the new job tells them, not this one.
        await Storage.Sql.ExecuteAsync(connection, "DELETE FROM child_ends WHERE child_id = $1", attempt.Job.Id);
        await transaction.CommitAsync();
        feed.Publish([
            .. inserted,
            .. await JobLog.ReadSinceAsync(connection, attempt.Job.Id, told.Count > 0 ? told[0].No - 1 : ended - 1),
        ]);
        attempt.Continued = next;
        attempt.Final = new RecordReply(inserted[0].At, 0, false, false, attempt.Wakes, "continued");
        attempt.End(AttemptEnd.Recorded);
        await new TaskCompletionSource().Task;
    }
}
