namespace AgentControl.Core.Notifications;

/// <summary>Hours of the day in which a channel is left alone, on the clock of a time zone. They may pass midnight.</summary>
public sealed record QuietHours(TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    /// <summary>What is due sooner than this is told at once.</summary>
    public static readonly TimeSpan Urgent = TimeSpan.FromHours(1);

    /// <summary>When it may be told: now, or at the end of the quiet hours.</summary>
    /// <param name="deadline">Until when somebody must act; null where nothing runs out.</param>
    public DateTimeOffset NotBefore(DateTimeOffset now, DateTimeOffset? deadline)
    {
        if (From == To || deadline - now < Urgent)
            return now;
        var wall = TimeZoneInfo.ConvertTime(now, Zone);
        if (!TimeOnly.FromTimeSpan(wall.TimeOfDay).IsBetween(From, To))
            return now;
        var end = wall.Date + To.ToTimeSpan();
        if (end <= wall.DateTime)
            end = end.AddDays(1);
        // Where the clock is put forward over the end, the next time that exists.
        while (Zone.IsInvalidTime(end))
            end = end.AddMinutes(15);
        var at = new DateTimeOffset(end, Zone.GetUtcOffset(end)).ToUniversalTime();
        // The deadline counts again once it is near.
        return deadline is { } due && due - Urgent < at ? due - Urgent : at;
    }
}
