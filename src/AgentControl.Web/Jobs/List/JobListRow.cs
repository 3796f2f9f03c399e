using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.List;

/// <summary>One row as it is drawn; two equal rows look the same, so only a changed one is drawn again.</summary>
/// <param name="Actions">The allowed actions, joined by blanks.</param>
/// <param name="NoLongerMatches">Stays where it is, dimmed, until the list is read anew.</param>
public sealed record JobListRow(
    Guid Id,
    string ShortId,
    string Name,
    string Label,
    JobWhy Why,
    string Agent,
    string Owner,
    string Workspace,
    int? Percent,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? EtaAt,
    decimal Cost,
    int Anomalies,
    string Actions,
    Guid? ApprovalId,
    bool NoLongerMatches = false
)
{
    public static JobListRow Of(JobSummary job) =>
        new(
            job.Id,
            job.ShortId,
            job.Name,
            job.Label,
            JobWhy.Of(job),
            job.Agent,
            job.SubmittedBy,
            job.Workspace,
            job.Label == "completed" ? 100 : job.Progress.Percent,
            job.StartedAt,
            job.FinishedAt,
            EtaOf(job),
            job.Usage.CostUsd,
            job.Anomalies,
            string.Join(' ', job.Actions),
            job.WaitingFor?.ApprovalId
        );

    public IReadOnlyList<string> ActionList => Actions.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public bool Runs => Label is "running" or "retrying" or "recovering" or "pausing" or "cancelling";

    public string? Took => StartedAt is { } start && FinishedAt is { } end ? Formats.Duration(end - start) : null;

    /// <summary>Rounded, so that a row is not drawn again because an estimate moved by a second.</summary>
    private static DateTimeOffset? EtaOf(JobSummary job)
    {
        if (job.IsFinal || job.Progress.EtaSeconds is not { } seconds || job.Label != "running")
            return null;
        var end = job.UpdatedAt.AddSeconds(seconds);
        var grain = TimeSpan.FromSeconds(
            seconds > 600 ? 60
            : seconds > 60 ? 10
            : 2
        );
        return new DateTimeOffset(end.UtcTicks / grain.Ticks * grain.Ticks, TimeSpan.Zero);
    }
}
