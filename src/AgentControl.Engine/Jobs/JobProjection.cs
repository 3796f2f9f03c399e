using System.Linq.Expressions;
using System.Text.Json;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Progress;

namespace AgentControl.Engine.Jobs;

/// <summary>The narrow columns of <see cref="JobRow"/> that a summary needs; the input stays in the table.</summary>
internal sealed record JobColumns(
    Guid Id,
    string ShortId,
    string Name,
    string Agent,
    string AgentVersion,
    string[] Tags,
    string Workspace,
    Guid? ParentId,
    Guid? BatchId,
    string SubmittedBy,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? DeadlineAt,
    int TimeoutSeconds,
    int MaxAttempts,
    Guid? ForkedFrom,
    string? Schedule,
    JobRunRow Run,
    string? Error,
    Guid? ContinuedAs
);

/// <summary>From rows to what people and programs read.</summary>
internal static class JobProjection
{
    public static readonly Expression<Func<JobRow, JobColumns>> Columns = j => new JobColumns(
        j.Id,
        j.ShortId,
        j.Name,
        j.Agent,
        j.AgentVersion,
        j.Tags,
        j.Workspace,
        j.ParentId,
        j.BatchId,
        j.SubmittedBy,
        j.SubmittedAt,
        j.DeadlineAt,
        j.TimeoutSeconds,
        j.MaxAttempts,
        j.ForkedFrom,
        j.Schedule,
        j.Run,
        j.Result == null ? null : j.Result.Error,
        j.Result == null ? null : j.Result.ContinuedAs
    );

    private static readonly Func<JobRow, JobColumns> ColumnsOfRow = Columns.Compile();

    public static JobSummary Summary(JobColumns job, DateTimeOffset now)
    {
        var run = job.Run;
        var worked = Worked(run, now);
        return new JobSummary
        {
            Id = job.Id,
            ShortId = job.ShortId,
            Name = job.Name,
            Agent = job.Agent,
            AgentVersion = job.AgentVersion,
            State = run.State,
            Label = run.Label,
            WaitingFor = Waiting(run),
            PauseRequested = run.PauseRequested,
            CancelRequested = run.CancelRequested,
            Queue = run.Queue,
            Priority = run.Priority,
            Tags = job.Tags,
            Workspace = job.Workspace,
            ParentId = job.ParentId,
            BatchId = job.BatchId,
            SubmittedBy = job.SubmittedBy,
            SubmittedAt = job.SubmittedAt,
            RunAt = run.RunAt,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            DeadlineAt = job.DeadlineAt,
            TimeoutSeconds = job.TimeoutSeconds,
            Attempt = run.Attempt,
            MaxAttempts = job.MaxAttempts,
            Progress = Progress(run, worked),
            Usage = new(run.InputTokens, run.OutputTokens, run.CostUsd, run.Retries, run.Recoveries),
            Error = run.FinishedAt is null ? null : Failure(job.Error),
            ContinuedAs = job.ContinuedAs,
            ForkedFrom = job.ForkedFrom,
            Schedule = job.Schedule,
            Actions = JobActions.Of(run.Label),
            Worker = run.Worker,
            Steps = run.Steps,
            CurrentStep = run.CurrentStep,
            Anomalies = run.Anomalies,
            LastEvent = run.LastNo,
            WorkedSeconds = Math.Round(worked.TotalSeconds, 3),
            RequestedBy = run.RequestedBy,
            RequestReason = run.RequestReason,
            PausedAt = run.PausedAt,
            QueuedAt = run.QueuedAt,
            UpdatedAt = run.UpdatedAt,
        };
    }

    public static JobView View(JobRow job, DateTimeOffset now)
    {
        var summary = Summary(ColumnsOfRow(job), now);
        return new JobView(summary, new RawJson(job.Input))
        {
            Output = RawJson.Of(job.Result?.Output),
            Budget = RawJson.Of(job.Budget),
            Notify = RawJson.Of(job.Notify),
            ApprovalPolicy = RawJson.Of(job.ApprovalPolicy),
            TtlSeconds = job.TtlSeconds,
            ConcurrencyKey = job.ConcurrencyKey,
            ContinuedFrom = job.ContinuedFrom,
            ParentKey = job.ParentKey,
            ParentIndex = job.ParentIndex,
            Traceparent = job.Traceparent,
        };
    }

    public static TimeSpan Worked(JobRunRow run, DateTimeOffset now)
    {
        var ended = TimeSpan.FromMilliseconds(run.WorkedMs);
        var running = run is { State: "running", LeasedAt: { } since } && now > since ? now - since : TimeSpan.Zero;
        return ended + running;
    }

    public static WaitingForView? Waiting(JobRunRow run) =>
        run is not { State: "waiting", WaitingKind: { } kind }
            ? null
            : new(
                kind,
                run.WaitingSince,
                run.WaitingUntil,
                run.WaitingApproval,
                kind == "service" ? run.WaitingDetail : null,
                kind == "signal" ? run.WaitingDetail : null,
                run.WaitingDetail
            );

    private static JobProgressView Progress(JobRunRow run, TimeSpan worked)
    {
        var completed = run.ProgressCompleted ?? 0;
        return new(
            run.ProgressCompleted,
            run.ProgressTotal,
            Eta.Percent(completed, run.ProgressTotal),
            run.ProgressStage,
            run.ProgressDetail,
            run.FinishedAt is null ? Eta.Seconds(completed, run.ProgressTotal, worked) : null
        );
    }

    public static JobFailure? Failure(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<JobFailure>(json, JournalJson.Options);
}
