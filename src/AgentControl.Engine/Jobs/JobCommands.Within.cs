using AgentControl.Engine.Access;
using AgentControl.Engine.Live;
using Npgsql;

namespace AgentControl.Engine.Jobs;

/// <summary>Submissions that belong to a larger transaction.</summary>
public sealed partial class JobCommands
{
    /// <summary>Accepts a job inside the caller's transaction. After its commit the caller hands what is new to <see cref="Announce"/>.</summary>
    /// <returns>How it went, and what to announce where the job is new.</returns>
    internal async Task<(SubmitOutcome Outcome, NewSubmission? New)> SubmitWithinAsync(
        NpgsqlConnection connection,
        JobSubmission job,
        Actor actor,
        IdempotencyKey? key,
        CancellationToken cancellationToken
    )
    {
        var agent = agents.FindOpen(job.Agent);
        var errors = SubmissionRules.Check(job, agent, checkInput: true);
        if (errors.Count > 0)
            return (new SubmitOutcome.Invalid(errors), null);
        var input = SubmissionRules.InputBytes(job.Input);
        if (input.Length > SubmissionRules.MaxInputBytes)
            return (TooLarge("input", input.Length), null);
        var row = NewJobOf(job, agent!, actor, input, null, JobIds.Next());
        switch (
            key is null
                ? new SubmissionKeys.Claim.First()
                : await SubmissionKeys.ClaimAsync(connection, key, row.Id, cancellationToken)
        )
        {
            case SubmissionKeys.Claim.Replayed replayed:
                return (new SubmitOutcome.Accepted(replayed.ResultId, true), null);
            case SubmissionKeys.Claim.OtherBody:
                return (new SubmitOutcome.KeyReused(), null);
            case SubmissionKeys.Claim.Busy:
                return (new SubmitOutcome.InFlight(), null);
        }
        var events = await JobInserter.InsertAsync(connection, [row], cancellationToken);
        return (new SubmitOutcome.Accepted(row.Id, false), new NewSubmission(row.Id, row.Queue, events));
    }

    /// <summary>Tells watchers of a job that is on disk now, and rings for it.</summary>
    internal void Announce(NewSubmission job)
    {
        feed.Publish(job.Events);
        bells.RingJob(job.Queue, job.Id);
    }
}

/// <summary>A job whose transaction is not committed yet.</summary>
internal sealed record NewSubmission(Guid Id, string Queue, IReadOnlyList<LiveEvent> Events);
