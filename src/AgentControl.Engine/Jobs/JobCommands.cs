using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Approvals;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Live;
using AgentControl.Engine.Notifications;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>Submissions: accepted means on disk.</summary>
public sealed partial class JobCommands
{
    private readonly NpgsqlDataSource database;
    private readonly AgentCatalog agents;
    private readonly EventFeed feed;
    private readonly Bells bells;
    private readonly NotificationChannels channels;

    internal JobCommands(
        NpgsqlDataSource database,
        AgentCatalog agents,
        EventFeed feed,
        Bells bells,
        NotificationChannels channels
    ) => (this.database, this.agents, this.feed, this.bells, this.channels) = (database, agents, feed, bells, channels);

    /// <summary>Accepts one job. Rings after the commit; a lost ring costs a few seconds, never the job.</summary>
    public async Task<SubmitOutcome> SubmitAsync(
        JobSubmission job,
        Actor actor,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(job);
        var (accepted, refusal) = RowOf(job, actor);
        if (accepted is not { } row)
            return refusal!;
        var outcome = await InsertAsync([row], key, row.Id, cancellationToken);
        if (outcome is not null)
            return outcome is SubmitOutcome.AcceptedBatch first
                ? new SubmitOutcome.Accepted(first.BatchId, true)
                : outcome;
        if (row.RunAt is null)
            bells.RingJob(row.Queue, row.Id);
        return new SubmitOutcome.Accepted(row.Id, false);
    }

    /// <summary>Accepts all jobs of a batch or none.</summary>
    public async Task<SubmitOutcome> SubmitBatchAsync(
        BatchSubmission batch,
        Actor actor,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(batch);
        var agent = agents.FindOpen(batch.Shared.Agent);
        var errors = SubmissionRules.Check(batch.Shared, agent, checkInput: false);
        if (batch.Items.Count is 0 or > SubmissionRules.MaxBatchItems)
            errors["items"] = [$"Give 1 to {SubmissionRules.MaxBatchItems:N0} inputs."];
        if (errors.Count > 0)
            return new SubmitOutcome.Invalid(errors);
        var batchId = Guid.CreateVersion7();
        var rows = new List<NewJob>(batch.Items.Count);
        // In the order of the items, so that a list shows them so and a repeated request answers the same.
        var ids = batch.Items.Select(_ => JobIds.Next()).ToList();
        long bytes = 0;
        for (var i = 0; i < batch.Items.Count; i++)
        {
            foreach (var (field, problems) in agent!.Check(batch.Items[i]))
                errors[$"items[{i}]{field["input".Length..]}"] = problems;
            var input = SubmissionRules.InputBytes(batch.Items[i]);
            if (input.Length > SubmissionRules.MaxInputBytes)
                return TooLarge($"items[{i}]", input.Length);
            bytes += input.Length;
            var shared = batch.Shared with { Name = $"{batch.Shared.Name ?? agent.Name} · {i + 1}" };
            rows.Add(NewJobOf(shared, agent, actor, input, batchId, ids[i]));
        }
        if (errors.Count > 0)
            return new SubmitOutcome.Invalid(errors);
        if (bytes > SubmissionRules.MaxBatchBytes)
            return new SubmitOutcome.TooLarge(
                "items",
                $"The batch has {bytes:N0} bytes; at most {SubmissionRules.MaxBatchBytes:N0} are accepted. Split it."
            );
        var outcome = await InsertAsync(rows, key, batchId, cancellationToken);
        if (outcome is not null)
            return outcome;
        if (rows[0].RunAt is null)
            bells.RingLane(rows[0].Queue, rows.Count);
        return new SubmitOutcome.AcceptedBatch(batchId, [.. rows.Select(r => r.Id)], false);
    }

    /// <summary>The job as it is to be stored; or why it is refused.</summary>
    private (NewJob? Row, SubmitOutcome? Refusal) RowOf(JobSubmission job, Actor actor)
    {
        var agent = agents.FindOpen(job.Agent);
        var errors = SubmissionRules.Check(job, agent, checkInput: true);
        if (errors.Count > 0)
            return (null, new SubmitOutcome.Invalid(errors));
        var input = SubmissionRules.InputBytes(job.Input);
        return input.Length > SubmissionRules.MaxInputBytes
            ? (null, TooLarge("input", input.Length))
            : (NewJobOf(job, agent!, actor, input, null, JobIds.Next()), null);
    }

    private static SubmitOutcome? Refused(SubmissionKeys.Claim claim) =>
        claim switch
        {
            SubmissionKeys.Claim.OtherBody => new SubmitOutcome.KeyReused(),
            SubmissionKeys.Claim.Busy => new SubmitOutcome.InFlight(),
            _ => null,
        };

    private static SubmitOutcome.TooLarge TooLarge(string field, int bytes) =>
        new(field, SubmissionRules.TooLarge(field, bytes));

    private NewJob NewJobOf(JobSubmission job, AgentDefinition agent, Actor actor, byte[] input, Guid? batchId, Guid id)
    {
        return new NewJob
        {
            Id = id,
            Name = job.Name ?? $"{agent.Name}-{Core.Jobs.ShortId.Of(id)[2..]}",
            Agent = agent.Name,
            AgentVersion = agent.Version,
            Queue = job.Queue ?? agent.Queue,
            Workspace = job.Workspace ?? "default",
            SubmittedBy = actor.Name,
            Submitter = actor.Person,
            Input = input,
            Priority = job.Priority,
            Tags = job.Tags,
            BatchId = batchId,
            RunAt = job.RunAt,
            DeadlineAt = job.DeadlineAt,
            TtlSeconds = job.TtlSeconds,
            TimeoutSeconds = job.TimeoutSeconds ?? NewJob.DefaultTimeoutSeconds,
            MaxAttempts = job.MaxAttempts ?? Core.Leases.StrikeRules.DefaultMaxAttempts,
            ConcurrencyKey = job.ConcurrencyKey,
            Traceparent = job.Traceparent,
            Budget = agents.BudgetOf(agent.Name, Core.Budgets.Budget.Stored(job.Budget?.GetRawText())),
            Notify = job.Notify?.GetRawText(),
            ApprovalPolicy = job.ApprovalPolicy?.GetRawText(),
            Schedule = job.Schedule,
        };
    }

    /// <summary>Null where the jobs are in; otherwise what an earlier request with the same key decided.</summary>
    private async Task<SubmitOutcome?> InsertAsync(
        List<NewJob> rows,
        IdempotencyKey? key,
        Guid resultId,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (key is null)
        {
            if (await OutOfTouchAsync(connection, rows[0], cancellationToken) is { } outdated)
                return outdated;
            feed.Publish(await JobInserter.InsertAsync(connection, rows, cancellationToken));
            return null;
        }
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var claim = await SubmissionKeys.ClaimAsync(connection, key, resultId, cancellationToken);
        if (claim is SubmissionKeys.Claim.Replayed replayed)
        {
            await transaction.RollbackAsync(cancellationToken);
            var jobs = await JobsOfBatchAsync(connection, replayed.ResultId, cancellationToken);
            return new SubmitOutcome.AcceptedBatch(replayed.ResultId, jobs, true);
        }
        if (Refused(claim) is { } refused)
            return refused;
        // Only now: a repeated request is answered as the first one, also after the deadline.
        if (await OutOfTouchAsync(connection, rows[0], cancellationToken) is { } wrong)
            return wrong;
        var events = await JobInserter.InsertAsync(connection, rows, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        feed.Publish(events);
        return null;
    }

    /// <summary>What only the database knows: whether a deadline has passed, and whether approvers and channels exist.</summary>
    private async Task<SubmitOutcome.Invalid?> OutOfTouchAsync(
        NpgsqlConnection connection,
        NewJob job,
        CancellationToken cancellationToken
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (
            job.DeadlineAt is { } at
            && await Sql.ScalarAsync<bool>(connection, "SELECT $1 <= ac_now()", at.UtcDateTime)
        )
            errors["deadlineAt"] = ["It has passed. Give an instant in the future, or leave it out."];
        if (job.ApprovalPolicy is { } policy)
            await ApproverNames.CheckAsync(
                connection,
                ApprovalTerms.Stored(policy),
                "approvalPolicy",
                errors,
                cancellationToken
            );
        if (JobNotify.Read(job.Notify) is { } notify)
        {
            var unknown = await NotificationStore.UnknownAsync(connection, channels, notify.Channels);
            if (unknown is not null)
                errors["notify.channels"] =
                [
                    $"No channel is called '{unknown}'. Admins see them under Settings, Notifications.",
                ];
        }
        return errors.Count > 0 ? new SubmitOutcome.Invalid(errors) : null;
    }

    /// <summary>What the first answer named: a job that goes on as another belongs to the batch, but was not submitted with it.</summary>
    private static async Task<IReadOnlyList<Guid>> JobsOfBatchAsync(
        NpgsqlConnection connection,
        Guid batchId,
        CancellationToken cancellationToken
    )
    {
        var jobs = new List<Guid>();
        await using var command = Sql.Command(
            connection,
            "SELECT id FROM jobs WHERE batch_id = $1 AND continued_from IS NULL ORDER BY id",
            batchId
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            jobs.Add(reader.GetGuid(0));
        return jobs;
    }
}
