using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;

namespace AgentControl.Web.Jobs;

/// <summary>A job as tools tell it in lists and after commands: what one needs to know it by and to go on, and no more.</summary>
internal sealed record JobLine(
    Guid Id,
    string ShortId,
    string Name,
    string Agent,
    string State,
    string Label,
    bool Ended,
    WaitingForView? WaitingFor,
    string Workspace,
    string Queue,
    IReadOnlyList<string> Tags,
    JobProgressView Progress,
    string SubmittedBy,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    FailureLine? Error,
    IReadOnlyList<string> Actions,
    long LastEvent
)
{
    public static JobLine Of(JobSummary job) =>
        new(
            job.Id,
            job.ShortId,
            job.Name,
            job.Agent,
            job.State,
            job.Label,
            job.IsFinal,
            job.WaitingFor,
            job.Workspace,
            job.Queue,
            job.Tags,
            job.Progress,
            job.SubmittedBy,
            job.SubmittedAt,
            job.StartedAt,
            job.FinishedAt,
            FailureLine.Of(job.Error),
            job.Actions,
            job.LastEvent
        );
}

/// <summary>A failure in one line. What is longer stands in the job's log.</summary>
internal sealed record FailureLine(string Type, string Message, string? Step, bool Retryable)
{
    private const int Longest = 1_000;

    public static FailureLine? Of(JobFailure? failure) =>
        failure is null ? null : new(failure.Type, Cut(failure.Message), failure.Step, failure.Retryable);

    private static string Cut(string message) => message.Length <= Longest ? message : message[..Longest] + "…";
}
