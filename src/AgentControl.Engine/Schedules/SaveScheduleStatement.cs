using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Schedules;

/// <summary>Makes a schedule, or the next version of one.</summary>
internal static class SaveScheduleStatement
{
    private const string SaveSql = """
        INSERT INTO schedules (name, version, description, cron, time_zone, overlap, missed, catch_up_seconds, start_at, end_at, workspace, agent, job, input,
               paused, paused_by, paused_at, next_at, owner, created_by, created_at, changed_at)
        VALUES (@name, 1, @description, @cron, @zone, @overlap, @missed, @catch_up, @start, @end, @workspace, @agent, @job, @input,
               @paused, CASE WHEN @paused THEN @by END, CASE WHEN @paused THEN ac_now() END, @next, @by, @by, ac_now(), ac_now())
        ON CONFLICT (name) DO UPDATE SET version = schedules.version + 1, description = @description, cron = @cron, time_zone = @zone, overlap = @overlap,
               missed = @missed, catch_up_seconds = @catch_up, start_at = @start, end_at = @end, workspace = @workspace, agent = @agent, job = @job, input = @input,
               paused = @paused, paused_by = CASE WHEN @paused THEN COALESCE(schedules.paused_by, @by) END,
               paused_at = CASE WHEN @paused THEN COALESCE(schedules.paused_at, ac_now()) END,
               pause_reason = CASE WHEN @paused THEN schedules.pause_reason END, next_at = @next, owner = @by, changed_at = ac_now()
        """;

    public static async Task RunAsync(
        NpgsqlConnection connection,
        ScheduleRow row,
        string by,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(SaveSql, connection);
        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        Add("name", NpgsqlDbType.Text, row.Name);
        Add("description", NpgsqlDbType.Text, row.Description);
        Add("cron", NpgsqlDbType.Text, row.Cron);
        Add("zone", NpgsqlDbType.Text, row.TimeZone);
        Add("overlap", NpgsqlDbType.Text, row.Overlap);
        Add("missed", NpgsqlDbType.Text, row.Missed);
        Add("catch_up", NpgsqlDbType.Integer, row.CatchUpSeconds);
        Add("start", NpgsqlDbType.TimestampTz, row.StartAt?.UtcDateTime);
        Add("end", NpgsqlDbType.TimestampTz, row.EndAt?.UtcDateTime);
        Add("workspace", NpgsqlDbType.Text, row.Workspace);
        Add("agent", NpgsqlDbType.Text, row.Agent);
        Add("job", NpgsqlDbType.Text, row.Job);
        Add("input", NpgsqlDbType.Bytea, row.Input);
        Add("paused", NpgsqlDbType.Boolean, row.Paused);
        Add("next", NpgsqlDbType.TimestampTz, row.NextAt?.UtcDateTime);
        Add("by", NpgsqlDbType.Text, by);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
