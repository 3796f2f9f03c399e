using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.List;

/// <summary>The second line: what the job does or why it does not move. Its times tick in the browser.</summary>
public sealed record JobWhy(
    string Text,
    DateTimeOffset? First = null,
    TimeForm FirstForm = TimeForm.Auto,
    DateTimeOffset? Second = null
)
{
    // Private-use characters: no text of an agent or a person is taken for a mark.
    internal const string FirstMark = "\uE000";
    internal const string SecondMark = "\uE001";

    /// <summary>Words and times in the order in which they are read.</summary>
    public IEnumerable<JobWhyPart> Parts
    {
        get
        {
            var rest = Text;
            foreach (
                var (mark, at, form) in new[] { (FirstMark, First, FirstForm), (SecondMark, Second, TimeForm.Absolute) }
            )
            {
                var place = at is null ? -1 : rest.IndexOf(mark, StringComparison.Ordinal);
                if (place < 0)
                    continue;
                yield return new(rest[..place], null, form);
                yield return new("", at, form);
                rest = rest[(place + 1)..];
            }
            yield return new(rest, null, TimeForm.Auto);
        }
    }

    public static JobWhy Of(JobSummary job) =>
        job.Label switch
        {
            "scheduled" => job.RunAt is { } at ? new("Starts " + FirstMark, at) : new("Starts later"),
            "queued" when job.IsUnserved => new(
                $"No worker serves queue {job.Queue}, waits {FirstMark}",
                job.QueuedAt,
                TimeForm.Elapsed
            ),
            "queued" when job.KeyHolder is { } holder => new(
                $"Behind {holder}, which has its concurrency key, waits {FirstMark}",
                job.QueuedAt,
                TimeForm.Elapsed
            ),
            "queued" => new($"In {job.Queue}, waits {FirstMark}", job.QueuedAt, TimeForm.Elapsed),
            "running" => new(Running(job)),
            "waiting" => Waiting(job),
            "needs_approval" => NeedsApproval(job),
            "retrying" => job.WaitingFor?.Until is { } next
                ? new("Tries again " + FirstMark + Because(job.WaitingFor.Detail), next)
                : new("Backs off before the next try" + Because(job.WaitingFor?.Detail)),
            "recovering" => new(
                job.Steps > 0
                    ? $"Its worker was lost; goes on behind step {Formats.Number(job.Steps)}"
                    : "Its worker was lost; starts again"
            ),
            "pausing" => new("Stops after the current step" + By(job)),
            "paused" => Paused(job),
            "cancelling" => new("Waits for the running steps to stop"),
            "completed" => new($"Took {Took(job)}"),
            "failed" => new(Failed(job)),
            "timed_out" => new(
                $"Over the {Formats.Duration(TimeSpan.FromSeconds(job.TimeoutSeconds))} limit"
                    + (job.Error?.Step is { } step ? $" in {step}" : "")
            ),
            "rejected" when job.RequestReason is { Length: > 0 } why && job.FinishedAt is { } at => new(
                $"{why.ReplaceLineEndings(" ")}, {FirstMark}",
                at
            ),
            "rejected" or "cancelled" => Stopped(job),
            _ => new(""),
        };

    private static string Running(JobSummary job)
    {
        var progress = job.Progress;
        var count = (progress.Completed, progress.Total) switch
        {
            ({ } done, { } total) => $"{Formats.Number(done)} of {Formats.Number(total)}",
            ({ } done, null) => Formats.Number(done),
            _ => null,
        };
        string?[] parts = [count, progress.Stage ?? (count is null ? job.CurrentStep : null), progress.Detail];
        var text = string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)));
        return text.Length > 0 ? text
            : job.Steps > 0 ? Formats.Count(job.Steps, "step")
            : "Starts";
    }

    private static JobWhy Waiting(JobSummary job)
    {
        var wait = job.WaitingFor;
        return wait?.Kind switch
        {
            "children" => new(
                "For its child jobs"
                    + (
                        job.Progress is { Completed: { } done, Total: { } total }
                            ? $": {Formats.Number(done)} of {Formats.Number(total)} done"
                            : ""
                    )
            ),
            "timer" => wait.Until is { } until ? new("For a timer, ends " + FirstMark, until) : new("For a timer"),
            "signal" => WithEnd($"For the signal {wait.Signal}", wait),
            "service" => WithEnd($"For the service {wait.Service}", wait),
            _ => new("For something outside"),
        };
    }

    private static JobWhy WithEnd(string text, WaitingForView wait) =>
        wait.Until is { } until ? new($"{text}, ends {FirstMark}", until) : new(text);

    private static JobWhy NeedsApproval(JobSummary job)
    {
        var wait = job.WaitingFor;
        var what = string.IsNullOrEmpty(wait?.Detail) ? "" : $": {wait.Detail}";
        return (wait?.Since, wait?.Until) switch
        {
            ({ } since, { } until) => new(
                $"Waiting {FirstMark}, until {SecondMark}{what}",
                since,
                TimeForm.Elapsed,
                until
            ),
            ({ } since, null) => new($"Waiting {FirstMark}{what}", since, TimeForm.Elapsed),
            _ => new($"Waiting for a person{what}"),
        };
    }

    private static JobWhy Paused(JobSummary job)
    {
        var reason = string.IsNullOrEmpty(job.RequestReason) ? "" : $": \"{job.RequestReason}\"";
        var by = job.RequestedBy is { } who ? $"By {who}" : "Paused";
        return job.PausedAt is { } at ? new($"{by} {FirstMark}{reason}", at) : new(by + reason);
    }

    private static JobWhy Stopped(JobSummary job)
    {
        var reason = string.IsNullOrEmpty(job.RequestReason) ? "" : $": \"{job.RequestReason}\"";
        var by = job.RequestedBy is { } who ? $"By {who}" : "Stopped";
        return job.FinishedAt is { } at ? new($"{by} {FirstMark}{reason}", at) : new(by + reason);
    }

    private static string Failed(JobSummary job) =>
        job.Error is not { } error
            ? "Failed"
            : (error.Step is { Length: > 0 } step ? $"{step}: " : "") + error.Message.ReplaceLineEndings(" ");

    private static string Took(JobSummary job) =>
        (job.StartedAt ?? job.SubmittedAt) is var start && job.FinishedAt is { } end
            ? Formats.Duration(end - start)
            : Formats.Unknown;

    private static string Because(string? reason) =>
        string.IsNullOrEmpty(reason) ? "" : $": {reason.ReplaceLineEndings(" ")}";

    private static string By(JobSummary job) => job.RequestedBy is { } who ? $", asked by {who}" : "";
}

/// <summary>A piece of the second line: words, or a time.</summary>
public readonly record struct JobWhyPart(string Text, DateTimeOffset? At, TimeForm Form);
