using AgentControl.Core.Budgets;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>What stands above the tabs; equal heads look the same, so only a change is drawn.</summary>
public sealed record JobHeader(JobSummary Job, long Checkpoints, long Approvals, IReadOnlyList<LabelShare> Children)
{
    /// <summary>What it used of what it may; empty without a budget.</summary>
    public IReadOnlyList<BudgetReading> Budget { get; init; } = [];

    /// <summary>"62 % name" while it runs, else the state's word.</summary>
    public string TabTitle =>
        Job.Label == "running" && Job.Progress.Percent is { } percent
            ? $"{Formats.Percent(percent)} {Job.Name}"
            : $"{StateLook.Of(Job.Label).Label} {Job.Name}";

    public double? Percent => Job.Label == "completed" ? 100 : Job.Progress.Percent;

    public bool ShowsBar => Percent is not null || !Job.IsFinal;

    public string ProgressText
    {
        get
        {
            var progress = Job.Progress;
            var count = (progress.Completed, progress.Total) switch
            {
                ({ } done, { } total) => $"{Formats.Number(done)} of {Formats.Number(total)}",
                (> 0 and { } done, null) => Formats.Number(done),
                (0, null) => null,
                _ => Job.Steps > 0 ? Formats.Count(Job.Steps, "recorded step") : null,
            };
            return string.Join(
                " · ",
                new[] { count, progress.Stage, progress.Detail }.Where(t => !string.IsNullOrEmpty(t))
            );
        }
    }

    public DateTimeOffset? EtaAt =>
        Job.Label == "running" && Job.Progress.EtaSeconds is { } seconds
            ? Job.UpdatedAt.AddSeconds(Math.Round(seconds))
            : null;

    /// <summary>Two heads that would be drawn alike.</summary>
    public bool LooksLike(JobHeader? other) =>
        other is not null
        && (Checkpoints, Approvals) == (other.Checkpoints, other.Approvals)
        && Children.SequenceEqual(other.Children)
        && Budget.SequenceEqual(other.Budget)
        && (Job.Label, Job.Name, Job.Attempt, Job.LastEvent, Job.Steps, Job.Worker, Job.Anomalies, Job.Queue)
            == (
                other.Job.Label,
                other.Job.Name,
                other.Job.Attempt,
                other.Job.LastEvent,
                other.Job.Steps,
                other.Job.Worker,
                other.Job.Anomalies,
                other.Job.Queue
            )
        && (Job.Progress.Completed, Job.Progress.Total, Job.Progress.Stage, Job.Progress.Detail, Job.Usage)
            == (
                other.Job.Progress.Completed,
                other.Job.Progress.Total,
                other.Job.Progress.Stage,
                other.Job.Progress.Detail,
                other.Job.Usage
            )
        && Job.Actions.SequenceEqual(other.Job.Actions);
}

/// <summary>How many child jobs carry a label.</summary>
public sealed record LabelShare(string Label, long Count);
