using AgentControl.Core.Progress;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs;

/// <summary>Makes the progress document of a job.</summary>
public sealed class ProgressQueries(IDbContextFactory<ControlDbContext> contexts, JobQueries jobs)
{
    public async Task<ProgressDocument<WaitingForView>?> FindAsync(
        Guid jobId,
        CancellationToken cancellationToken = default
    )
    {
        if (await jobs.SummaryAsync(jobId, cancellationToken) is not { } job)
            return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var steps = await db
            .Database.SqlQuery<CompletedStep>(
                $"""
                SELECT key AS "Key", completed_at AS "At", extract(epoch FROM completed_at - started_at)::float8 AS "Seconds"
                FROM steps WHERE job_id = {jobId} AND state = 'completed' AND no IS NOT NULL AND completed_at IS NOT NULL
                ORDER BY no DESC LIMIT {ProgressDocument<WaitingForView>.MaxSteps}
                """
            )
            .ToListAsync(cancellationToken);
        var anomalies = job.Anomalies == 0 ? [] : await NotesAsync(db, jobId, "anomaly", null, cancellationToken);
        var errors = await NotesAsync(db, jobId, null, "error", cancellationToken);
        steps.Reverse();
        return new ProgressDocument<WaitingForView>
        {
            JobId = job.Id,
            Name = job.Name,
            Agent = job.Agent,
            State = job.State,
            Stage = job.Progress.Stage,
            Detail = job.Progress.Detail,
            Completed = job.Progress.Completed,
            Total = job.Progress.Total,
            Percent = job.Progress.Percent,
            CurrentStep = job.CurrentStep,
            CompletedSteps = steps,
            StartedAt = job.StartedAt,
            UpdatedAt = job.UpdatedAt,
            EtaSeconds = job.Progress.EtaSeconds,
            Anomalies = anomalies,
            Errors = errors,
            WaitingFor = job.WaitingFor,
        };
    }

    private static async Task<List<ProgressNote>> NotesAsync(
        ControlDbContext db,
        Guid jobId,
        string? type,
        string? level,
        CancellationToken cancellationToken
    )
    {
        var notes = await db
            .Database.SqlQuery<ProgressNote>(
                $"""
                SELECT no AS "No", at AS "At", COALESCE(data::json ->> 'kind', type) AS "Kind", message AS "Message"
                FROM events WHERE job_id = {jobId} AND ({type}::text IS NULL OR type = {type}) AND ({level}::text IS NULL OR level = {level})
                ORDER BY no DESC LIMIT {ProgressDocument<WaitingForView>.MaxNotes}
                """
            )
            .ToListAsync(cancellationToken);
        notes.Reverse();
        return notes;
    }
}
