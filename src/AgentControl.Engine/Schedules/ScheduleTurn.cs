using System.Globalization;
using AgentControl.Core.Schedules;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using Npgsql;

namespace AgentControl.Engine.Schedules;

/// <summary>One schedule in the hands of a transaction that holds its row.</summary>
internal sealed class ScheduleTurn(
    NpgsqlConnection connection,
    ScheduleRow schedule,
    DateTimeOffset now,
    JobCommands jobs
)
{
    private readonly List<NewSubmission> started = [];
    private readonly HashSet<Guid> toCancel = [];

    public ScheduleRow Schedule => schedule;

    public DateTimeOffset Now => now;

    /// <summary>To be announced after the commit.</summary>
    public IReadOnlyList<NewSubmission> Started => started;

    /// <summary>To be cancelled after the commit.</summary>
    public IReadOnlyList<Guid> ToCancel => [.. toCancel];

    /// <summary>Runs a due time as the overlap rule says.</summary>
    public async Task RunAsync(DueTurn due, CancellationToken cancellationToken)
    {
        var trigger = due.CatchUp ? RunWords.CatchUp : RunWords.Due;
        var overlap = ScheduleWords.Overlap(schedule.Overlap) ?? OverlapRule.Skip;
        if (overlap == OverlapRule.Allow)
        {
            await StartAsync(due.DueAt, trigger, cancellationToken);
            return;
        }
        var open = await ScheduleStore.OpenJobsAsync(connection, schedule.Name, cancellationToken);
        var waits = await ScheduleStore.WaitingAsync(connection, schedule.Name, cancellationToken) is not null;
        if (open.Count == 0 && !waits)
        {
            await StartAsync(due.DueAt, trigger, cancellationToken);
            return;
        }
        switch (overlap)
        {
            case OverlapRule.Skip:
                await SkipAsync(due.DueAt, trigger, "The run before it had not ended.");
                break;
            case OverlapRule.BufferOne when waits:
                await SkipAsync(due.DueAt, trigger, "The run before it had not ended, and one waited already.");
                break;
            case OverlapRule.BufferOne:
                await WaitAsync(due.DueAt, trigger, "Starts when the run before it has ended.");
                break;
            default:
                await ScheduleStore.GivenUpAsync(
                    connection,
                    schedule.Name,
                    RunWords.Skipped,
                    RunWords.Replaced,
                    "A later run took its place."
                );
                await WaitAsync(due.DueAt, trigger, "Starts when the run before it is cancelled.");
                toCancel.UnionWith(open.Where(j => !j.CancelRequested).Select(j => j.Id));
                break;
        }
    }

    public async Task StartWaitingAsync(WaitingRun run, CancellationToken cancellationToken)
    {
        var (job, refused) = await SubmitAsync(run.DueAt, cancellationToken);
        if (job is { } id)
            await ScheduleStore.StartedAsync(connection, run.Id, id);
        else
            await ScheduleStore.GivenUpAsync(connection, schedule.Name, RunWords.Failed, RunWords.Refused, refused!);
    }

    /// <summary>One line for all due times that the missed-run rule leaves out.</summary>
    /// <param name="tooOld">The first one that is older than the catch-up window; they are not counted one by one.</param>
    public async Task RecordMissedAsync(DuePlan plan, DateTimeOffset? tooOld)
    {
        if ((plan.LastDropped ?? tooOld) is not { } last)
            return;
        var times = plan.Dropped + (tooOld is null ? 0 : 1);
        var reason = (times, tooOld) switch
        {
            (1, null) => "No engine ran at its time.",
            (_, null) => string.Create(
                CultureInfo.InvariantCulture,
                $"No engine ran at {times:N0} due times; this was the last of them."
            ),
            _ => "No engine ran at these due times; the first of them are older than the catch-up window.",
        };
        await RecordAsync(last, RunWords.Due, RunWords.Skipped, RunWords.Missed, reason, times);
    }

    public Task RecordAsync(
        DateTimeOffset dueAt,
        string trigger,
        string outcome,
        string? cause,
        string? reason,
        int times = 1,
        Guid? job = null
    ) =>
        ScheduleStore.RecordAsync(
            connection,
            new ScheduleRunRow
            {
                Id = JobIds.Next(),
                Schedule = schedule.Name,
                DueAt = dueAt,
                At = now,
                Trigger = trigger,
                Outcome = outcome,
                Cause = cause,
                Reason = reason,
                Times = times,
                JobId = job,
            }
        );

    /// <summary>What the schedule submits for a time.</summary>
    public static JobSubmission SubmissionOf(ScheduleRow schedule, DateTimeOffset at)
    {
        var job = ScheduledJob.Read(schedule.Job).Submission(schedule.Agent, schedule.Input, schedule.Workspace);
        var local = CronRule.TryRead(schedule.Cron, schedule.TimeZone, (_, _) => { }, out var rule)
            ? rule.Local(at)
            : at;
        return job with
        {
            Name = job.Name ?? string.Create(CultureInfo.InvariantCulture, $"{schedule.Name} {local:yyyy-MM-dd HH:mm}"),
            Schedule = schedule.Name,
        };
    }

    private Task SkipAsync(DateTimeOffset dueAt, string trigger, string reason) =>
        RecordAsync(dueAt, trigger, RunWords.Skipped, RunWords.Overlap, reason);

    private Task WaitAsync(DateTimeOffset dueAt, string trigger, string reason) =>
        RecordAsync(dueAt, trigger, RunWords.Waiting, RunWords.Overlap, reason);

    private async Task StartAsync(DateTimeOffset dueAt, string trigger, CancellationToken cancellationToken)
    {
        var (job, refused) = await SubmitAsync(dueAt, cancellationToken);
        await (
            job is null
                ? RecordAsync(dueAt, trigger, RunWords.Failed, RunWords.Refused, refused)
                : RecordAsync(dueAt, trigger, RunWords.Started, null, null, job: job)
        );
    }

    /// <summary>The job; or null, and why it was refused.</summary>
    private async Task<(Guid? Job, string? Refused)> SubmitAsync(
        DateTimeOffset dueAt,
        CancellationToken cancellationToken
    )
    {
        var (outcome, job) = await jobs.SubmitWithinAsync(
            connection,
            SubmissionOf(schedule, dueAt),
            new Actor($"schedule:{schedule.Name}", schedule.Owner),
            ScheduleStore.KeyOf(schedule.Name, dueAt),
            cancellationToken
        );
        if (job is not null)
            started.Add(job);
        return outcome switch
        {
            SubmitOutcome.Accepted accepted => (accepted.Id, null),
            SubmitOutcome.Invalid invalid => (
                null,
                string.Join(' ', invalid.Errors.Select(e => $"{e.Key}: {string.Join(' ', e.Value)}"))
            ),
            SubmitOutcome.TooLarge large => (null, large.Message),
            _ => throw new InvalidOperationException($"No due time is submitted twice: {outcome.GetType().Name}."),
        };
    }
}
