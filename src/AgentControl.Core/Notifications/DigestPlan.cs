using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentControl.Core.Notifications;

/// <summary>When news are told together instead of one by one: each hour, or each day at a time on the clock of a zone.</summary>
/// <param name="At">The time of the day; of no meaning where it is each hour.</param>
public sealed record DigestPlan(bool Hourly, TimeOnly At, TimeZoneInfo Zone)
{
    public const string Hour = "hour";
    public const string Day = "day";
    private const string Clock = "HH:mm";

    /// <summary><c>hour</c> or <c>day</c>.</summary>
    public string Every => Hourly ? Hour : Day;

    /// <summary>Such as 08:00.</summary>
    public string AtText => At.ToString(Clock, CultureInfo.InvariantCulture);

    /// <summary>Null with the field and the remedy where it is none.</summary>
    /// <param name="at">Such as 08:00; may be left out for each hour.</param>
    /// <param name="zone">Such as Europe/Berlin; UTC where it is left out.</param>
    public static DigestPlan? Of(string? every, string? at, string? zone, out (string Field, string Remedy) wrong)
    {
        wrong = default;
        if (every is not (Hour or Day))
            wrong = ("every", $"Use {Day} or {Hour}.");
        else if (
            !TimeZoneInfo.TryFindSystemTimeZoneById(
                string.IsNullOrWhiteSpace(zone) ? "UTC" : zone.Trim(),
                out var found
            )
        )
            wrong = ("timeZone", "No time zone has this name. Use one such as Europe/Berlin.");
        else if (every == Hour)
            return new(true, TimeOnly.MinValue, found);
        else if (
            TimeOnly.TryParseExact(at?.Trim(), Clock, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
            return new(false, time, found);
        else
            wrong = ("at", "Write the time of the day as 08:00.");
        return null;
    }

    /// <summary>What <see cref="Write"/> made; null where it can no longer be read.</summary>
    public static DigestPlan? Read(string? json)
    {
        if (json is null || JsonNode.Parse(json) is not JsonObject plan)
            return null;
        return Of((string?)plan["every"], (string?)plan["at"], (string?)plan["timeZone"], out _);
    }

    public string Write() =>
        JsonSerializer.Serialize(
            new
            {
                every = Every,
                at = Hourly ? null : AtText,
                timeZone = Zone.Id,
            }
        );

    /// <summary>The end of the window that an instant falls into: later than it, never the instant itself.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset now)
    {
        var wall = TimeZoneInfo.ConvertTime(now, Zone);
        if (Hourly)
        {
            var begun = now - new TimeSpan(0, 0, wall.Minute, wall.Second, wall.Millisecond, wall.Microsecond);
            return begun.AddTicks(-(begun.Ticks % TimeSpan.TicksPerSecond)).AddHours(1).ToUniversalTime();
        }
        for (var day = wall.Date; ; day = day.AddDays(1))
        {
            var end = day + At.ToTimeSpan();
            // Where the clock is put forward over it, the next time that exists.
            while (Zone.IsInvalidTime(end))
                end = end.AddMinutes(15);
            var at = new DateTimeOffset(end, Zone.GetUtcOffset(end)).ToUniversalTime();
            if (at > now)
                return at;
        }
    }
}
