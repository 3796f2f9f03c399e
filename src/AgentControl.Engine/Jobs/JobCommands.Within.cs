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
        var (accepted, refusal) = RowOf(job, actor);
        if (accepted is not { } row)
            return (refusal!, null);
        if (key is not null)
        {
            var claim = await SubmissionKeys.ClaimAsync(connection, key, row.Id, cancellationToken);
            if (claim is SubmissionKeys.Claim.Replayed replayed)
                return (new SubmitOutcome.Accepted(replayed.ResultId, true), null);
            if (Refused(claim) is { } refused)
                return (refused, null);
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
