using System.Globalization;
using AgentControl.Core.Schedules;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using Npgsql;

namespace AgentControl.Engine.Schedules;

/// <summary>Starts the jobs of schedules: one for each due time, whoever comes to it, because the jobs and the next due time are one transaction.</summary>
internal sealed class ScheduleRunner(JobCommands jobs, ScheduleSignals signals)
{
    /// <summary>Does what is due. False where nothing was, or another process holds the schedule.</summary>
    public async Task<bool> TakeDueAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await ScheduleStore.TryLockAsync(connection, name, cancellationToken) is not var (schedule, now)
            || !(schedule.NextAt <= now)
        )
            return false;
        var turn = new ScheduleTurn(connection, schedule, now, jobs);
        await ScheduleStore.AdvanceAsync(connection, name, await RunDueAsync(turn, cancellationToken));
        await ScheduleStore.PruneAsync(connection, name);
        await transaction.CommitAsync(cancellationToken);
        await AfterAsync(turn, cancellationToken);
        return true;
    }

    /// <summary>Starts the run that waited, once the earlier one has ended; asks again for its end where the rule is to cancel it.</summary>
    public async Task TakeWaitingAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await ScheduleStore.TryLockAsync(connection, name, cancellationToken) is not var (schedule, now)
            || await ScheduleStore.WaitingAsync(connection, name, cancellationToken) is not { } waiting
        )
            return;
        var turn = new ScheduleTurn(connection, schedule, now, jobs);
        var open = await ScheduleStore.OpenJobsAsync(connection, name, cancellationToken);
        if (open.Count > 0)
        {
            if (schedule.Overlap == OverlapRule.CancelOther.Word())
                await CancelAsync(name, [.. open.Where(j => !j.CancelRequested).Select(j => j.Id)], cancellationToken);
            return;
        }
        await turn.StartWaitingAsync(waiting, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await AfterAsync(turn, cancellationToken);
    }

    /// <summary>The next due time.</summary>
    private static async Task<DateTimeOffset?> RunDueAsync(ScheduleTurn turn, CancellationToken cancellationToken)
    {
        var (schedule, now, first) = (turn.Schedule, turn.Now, turn.Schedule.NextAt!.Value);
        var problems = new List<string>();
        if (!CronRule.TryRead(schedule.Cron, schedule.TimeZone, (_, why) => problems.Add(why), out var rule))
        {
            await turn.RecordAsync(
                first,
                RunWords.Due,
                RunWords.Failed,
                RunWords.Refused,
                $"{string.Join(' ', problems)} Save the schedule again to go on."
            );
            return null;
        }
        var oldest = now.AddSeconds(-schedule.CatchUpSeconds);
        var last = schedule.EndAt < now ? schedule.EndAt.Value : now;
        var plan = DuePlan.Of(
            rule.Between(first > oldest ? first : oldest, last),
            now,
            ScheduleWords.MissedOf(schedule.Missed) ?? MissedRule.RunOnce
        );
        await turn.RecordMissedAsync(plan, first < oldest ? first : null);
        foreach (var due in plan.Turns)
            await turn.RunAsync(due, cancellationToken);
        return ScheduleRules.NextOf(rule, schedule.StartAt, schedule.EndAt, now);
    }

    private async Task AfterAsync(ScheduleTurn turn, CancellationToken cancellationToken)
    {
        foreach (var job in turn.Started)
            jobs.Announce(job);
        signals.Changed(turn.Schedule.Name);
        await CancelAsync(turn.Schedule.Name, turn.ToCancel, cancellationToken);
    }

    /// <summary>Where the process dies before this, the next round asks again: the later run still waits.</summary>
    private async Task CancelAsync(string schedule, IReadOnlyList<Guid> open, CancellationToken cancellationToken)
    {
        foreach (var job in open)
            await jobs.CancelAsync(
                job,
                Actor.System,
                string.Create(CultureInfo.InvariantCulture, $"a later run of schedule {schedule} takes its place"),
                cancellationToken
            );
    }
}
