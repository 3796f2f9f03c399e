using AgentControl.Engine.Jobs;
using AgentControl.Engine.Jobs.Standing;
using AgentControl.Web.Jobs.List;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Detail;

/// <summary>One reason why a job stands still.</summary>
/// <param name="Icon">Name of its icon.</param>
/// <param name="Who">Who can change that, and how.</param>
/// <param name="Href">Where it is changed or seen.</param>
/// <param name="Link">What the link is called.</param>
/// <param name="NeedsPerson">A person's word is what is missing.</param>
public sealed record StandingLine(
    string Icon,
    JobWhy Why,
    string? Who = null,
    string? Href = null,
    string? Link = null,
    bool NeedsPerson = false
);

/// <summary>The sentences about a job that stands still.</summary>
internal static class StandingWords
{
    private const string First = JobWhy.FirstMark;
    private const string Second = JobWhy.SecondMark;

    public static bool StandsStill(JobSummary job) =>
        job.Label
            is "scheduled"
                or "queued"
                or "waiting"
                or "needs_approval"
                or "retrying"
                or "pausing"
                or "paused"
                or "cancelling";

    public static IReadOnlyList<StandingLine> Of(JobSummary job, JobStanding standing)
    {
        List<StandingLine> lines =
        [
            .. job.Label switch
            {
                "scheduled" =>
                [
                    new("calendar-clock", JobWhy.Of(job), "An operator starts it now, or changes the time."),
                ],
                "paused" =>
                [
                    new(
                        "circle-pause",
                        JobWhy.Of(job),
                        "An operator resumes it. Nothing new starts until then; timers and deadlines keep counting."
                    ),
                ],
                "pausing" or "cancelling" => [new(job.Label == "pausing" ? "pause" : "circle-slash", JobWhy.Of(job))],
                _ => Array.Empty<StandingLine>(),
            },
        ];
        if (standing.Queue is { } queue)
            lines.AddRange(InQueue(job, queue));
        lines.AddRange(standing.Waits.Select(w => Wait(job, w)));
        if (standing.WaitCount > standing.Waits.Count)
            lines.Add(
                new(
                    "hourglass",
                    new($"And {Formats.Number(standing.WaitCount - standing.Waits.Count)} more like these.")
                )
            );
        lines.AddRange(
            standing.Steps.Select(s => new StandingLine(
                "loader",
                new($"Step {s.Name} is under way since {First}.", s.Since, TimeForm.Elapsed)
            ))
        );
        if (standing.GivenUpAt is { } end)
            lines.Add(
                new(
                    "timer-off",
                    new(
                        $"It is given up at {First} if it has not {(standing.Queue is null || job.StartedAt is not null ? "ended" : "begun")} by then.",
                        end,
                        TimeForm.Absolute
                    )
                )
            );
        return lines;
    }

    private static IEnumerable<StandingLine> InQueue(JobSummary job, QueueStanding queue)
    {
        const string Queues = "/queues";
        if (queue.Held)
            yield return new(
                "circle-pause",
                new(
                    $"Everything is held{By(queue.HeldBy)}, for {First}. No job starts.",
                    queue.HeldSince,
                    TimeForm.Elapsed
                ),
                "An operator of every workspace releases it.",
                Queues,
                "Queues & workers"
            );
        if (queue.Paused)
            yield return new(
                "circle-pause",
                new(
                    $"Queue {queue.Name} is paused{By(queue.ChangedBy)}, for {First}.",
                    queue.ChangedAt,
                    TimeForm.Elapsed
                ),
                "An operator of every workspace resumes it.",
                Queues,
                "Queues & workers"
            );
        if (queue.Processes == 0)
            yield return new(
                "triangle-alert",
                new($"No worker serves queue {queue.Name}."),
                "Start a worker that serves it.",
                Queues,
                "Queues & workers"
            );
        else if (queue.Workers == 0)
            yield return new(
                "triangle-alert",
                new($"Queue {queue.Name} has 0 workers in each process."),
                "An operator of every workspace gives it some.",
                Queues,
                "Queues & workers"
            );
        else if (!queue.ServesAgent)
            yield return new(
                "triangle-alert",
                new($"No worker of queue {queue.Name} serves agent {job.Agent} in version {job.AgentVersion}."),
                "Start a worker of that version, or run the job again in one that is served.",
                "/queues?tab=workers",
                "Workers"
            );
        if (queue.KeyHolder is { } holder)
            yield return new(
                "hourglass",
                new(
                    $"Job {holder} runs under the same concurrency key, {queue.ConcurrencyKey}. This one comes after it."
                ),
                "It goes on as soon as that job ends, waits or is paused.",
                $"/jobs/{holder}",
                holder
            );
        var busy = queue.Workers is { } workers
            ? $"{Formats.Number(queue.Running)} of {Formats.Count(workers, "worker")} busy."
            : $"{Formats.Count(queue.Running, "job runs", "jobs run")}.";
        var place =
            queue.Before >= JobStandingQueries.MaxBefore
                ? $"More than {Formats.Number(queue.Before)} jobs are before it"
                : $"{Ordinal(queue.Before + 1)} in {queue.Name}";
        yield return new(
            "circle-dashed",
            queue.OldestSince is { } oldest
                ? new($"{place}; the oldest there waits {First}. {busy}", oldest, TimeForm.Elapsed)
                : new($"{place}. {busy}"),
            "An operator changes its priority, or the queue's workers.",
            Queues,
            "Queues & workers"
        );
    }

    private static StandingLine Wait(JobSummary job, StandingWait wait) =>
        wait.Kind switch
        {
            "approval" => Approval(wait),
            "signal" => new(
                "hourglass",
                Since($"For the signal {wait.Target}", wait),
                $"A program sends it: POST /api/v1/jobs/{job.ShortId}/signals/{wait.Target}."
            ),
            "timer" => new(
                "hourglass",
                wait.Until is { } end ? new($"For a timer, until {First}.", end) : new("For a timer."),
                "An admin skips the wait."
            ),
            "children" => new(
                "hourglass",
                new(
                    wait.Total is { } total
                        ? $"For its child jobs: {Formats.Number(wait.Ended ?? 0)} of {Formats.Number(total)} have ended, for {First}."
                        : $"For its child jobs, for {First}.",
                    wait.Since,
                    TimeForm.Elapsed
                ),
                null,
                $"/jobs?q=parent:{job.Id}",
                "Child jobs"
            ),
            "service" => Service(wait),
            "retry" => new(
                "rotate-ccw",
                new(
                    $"Tries {wait.Title ?? "it"} again {First}{(wait.Tries > 0 ? $", after {Formats.Count(wait.Tries.Value, "try", "tries")}" : "")}{Because(wait.Reason)}.",
                    wait.Until,
                    TimeForm.Relative
                ),
                "An operator starts the next try now."
            ),
            _ => new("hourglass", Since("For something outside", wait)),
        };

    private static StandingLine Approval(StandingWait wait)
    {
        var who = string.IsNullOrEmpty(wait.Approvers) ? "everyone with the Approver role" : wait.Approvers;
        var votes = wait.Required > 1 ? $" {wait.Votes ?? 0} of {wait.Required} so far." : "";
        var asked = wait.InfoAskedBy is { } by ? $" {by} asked for more first." : "";
        var href = $"/approvals/{wait.ApprovalId}";
        if (wait.DeliverAt is { } at)
            return new(
                "hand",
                new($"\"{wait.Title}\" is decided and reaches the job {First}.", at, TimeForm.Relative),
                "Who decided may undo it until then.",
                href,
                "See it"
            );
        return new(
            "hand",
            wait.Until is { } end
                ? new(
                    $"\"{wait.Title}\" waits {First} for {who}, until {Second}.{votes}{asked}",
                    wait.Since,
                    TimeForm.Elapsed,
                    end
                )
                : new($"\"{wait.Title}\" waits {First} for {who}.{votes}{asked}", wait.Since, TimeForm.Elapsed),
            wait.Until is null || wait.OnExpire is null ? null : Approvals.ApprovalWords.OnExpire(wait.OnExpire, []),
            href,
            "Review",
            NeedsPerson: true
        );
    }

    private static StandingLine Service(StandingWait wait)
    {
        var until = wait.CircuitUntil;
        var why = wait.CircuitState switch
        {
            "blocked" => new JobWhy(
                $"Service {wait.Target} is blocked{By(wait.ChangedBy)} until {First}{Because(wait.Reason)}.",
                until,
                TimeForm.Absolute
            ),
            "open" => new(
                $"Service {wait.Target} is not called, its circuit is open. It is tested {First}{Because(wait.Reason)}.",
                until,
                TimeForm.Relative
            ),
            "probing" => new($"Service {wait.Target} is being tested with one call{Because(wait.Reason)}."),
            _ => Since($"For its turn at service {wait.Target}", wait),
        };
        return new(
            "hourglass",
            why,
            "An admin tests it now, or resets its circuit.",
            $"/services/{Uri.EscapeDataString(wait.Target ?? "")}",
            wait.Target
        );
    }

    private static JobWhy Since(string text, StandingWait wait) =>
        wait.Until is { } end
            ? new($"{text}, for {First}, until {Second}.", wait.Since, TimeForm.Elapsed, end)
            : new($"{text}, for {First}.", wait.Since, TimeForm.Elapsed);

    private static string By(string? who) => who is null ? "" : $" by {who}";

    private static string Because(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? "" : $": {reason.ReplaceLineEndings(" ").TrimEnd('.')}";

    /// <summary>1st, 2nd, 3rd, 4th, 11th, 21st.</summary>
    public static string Ordinal(int number) =>
        Formats.Number(number)
        + (
            (number % 100) is >= 11 and <= 13
                ? "th"
                : (number % 10) switch
                {
                    1 => "st",
                    2 => "nd",
                    3 => "rd",
                    _ => "th",
                }
        );
}
