using System.Text.Json;

namespace AgentControl.Engine.Schedules;

/// <summary>A schedule as the audit log keeps it.</summary>
internal static class ScheduleAudit
{
    public static object? Of(ScheduleRow? schedule) =>
        schedule is null
            ? null
            : new
            {
                schedule.Version,
                schedule.Description,
                schedule.Cron,
                schedule.TimeZone,
                schedule.Overlap,
                schedule.Missed,
                schedule.CatchUpSeconds,
                schedule.StartAt,
                schedule.EndAt,
                schedule.Paused,
                schedule.Workspace,
                schedule.Agent,
                Job = JsonElement.Parse(schedule.Job),
                Input = JsonElement.Parse(schedule.Input),
            };
}
