using System.Globalization;

namespace AgentControl.Web.Shared;

/// <summary>The one way in which times, durations, numbers and money are written.</summary>
internal static class Formats
{
    /// <summary>Stands for what is not known.</summary>
    public const string Unknown = "–";

    private static readonly CultureInfo _english = CultureInfo.InvariantCulture;

    /// <summary>The value of a datetime attribute: always UTC.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", _english);

    /// <summary>Two units: "640 ms", "42 s", "3 min 12 s", "2 h 05 min", "3 d 4 h".</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;
        }

        return span switch
        {
            { TotalSeconds: < 1 } => string.Create(_english, $"{span.Milliseconds} ms"),
            { TotalMinutes: < 1 } => string.Create(_english, $"{span.Seconds} s"),
            { TotalHours: < 1, Seconds: 0 } => string.Create(_english, $"{span.Minutes} min"),
            { TotalHours: < 1 } => string.Create(_english, $"{span.Minutes} min {span.Seconds:00} s"),
            { TotalDays: < 1 } => string.Create(_english, $"{span.Hours} h {span.Minutes:00} min"),
            { Hours: 0 } => string.Create(_english, $"{span.Days} d"),
            _ => string.Create(_english, $"{span.Days} d {span.Hours} h"),
        };
    }

    /// <summary>One unit: "3 min ago", "in 40 s".</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var text = OneUnit((now - at).Duration());
        return at > now ? $"in {text}" : $"{text} ago";
    }

    /// <summary>"14:02" today, "21 Nov 14:02" this year, else with the year; in UTC, as the server does not know the person's zone.</summary>
    public static string Absolute(DateTimeOffset at, DateTimeOffset now)
    {
        var (t, n) = (at.UtcDateTime, now.UtcDateTime);
        var form =
            t.Date == n.Date ? "HH:mm"
            : t.Year == n.Year ? "d MMM HH:mm"
            : "d MMM yyyy HH:mm";
        return t.ToString(form, _english) + " UTC";
    }

    /// <summary>Time left until an estimated end: "~42 min"; past it "12 min over".</summary>
    public static string Eta(DateTimeOffset end, DateTimeOffset now)
    {
        var left = end - now;
        var span = left.Duration();
        var text = span switch
        {
            { TotalMinutes: < 1 } => string.Create(_english, $"{Math.Max(1, span.Seconds)} s"),
            { TotalHours: < 1 } => string.Create(_english, $"{span.Minutes} min"),
            _ => Duration(span),
        };
        return left > TimeSpan.Zero ? $"~{text}" : $"{text} over";
    }

    /// <summary>The words of an instant before the browser takes over.</summary>
    public static string Time(DateTimeOffset at, TimeForm form, DateTimeOffset now) =>
        form switch
        {
            TimeForm.Relative => Relative(at, now),
            TimeForm.Absolute => Absolute(at, now),
            TimeForm.Log => at.UtcDateTime.ToString("HH:mm:ss.fff", _english),
            TimeForm.Elapsed => Duration(TimeSpan.FromSeconds(Math.Floor((now - at).TotalSeconds))),
            TimeForm.Age => OneUnit(at > now ? TimeSpan.Zero : now - at),
            TimeForm.Eta => Eta(at, now),
            _ => (now - at).Duration() < TimeSpan.FromDays(1) ? Relative(at, now) : Absolute(at, now),
        };

    /// <summary>"12,345", for tables.</summary>
    public static string Number(long value) => value.ToString("#,0", _english);

    /// <summary>"1.2 M", for tiles alone.</summary>
    public static string Short(long value) =>
        Math.Abs(value) switch
        {
            < 10_000 => Number(value),
            < 999_500 => string.Create(_english, $"{value / 1_000d:0.#} k"),
            < 999_500_000 => string.Create(_english, $"{value / 1_000_000d:0.#} M"),
            _ => string.Create(_english, $"{value / 1_000_000_000d:0.#} G"),
        };

    /// <summary>Progress without decimals: "62 %"; never 100 before the end.</summary>
    public static string Percent(double percent) =>
        string.Create(_english, $"{Math.Floor(Math.Clamp(percent, 0, 100)):0} %");

    /// <summary>Rates with one decimal: "96.8 %".</summary>
    public static string Rate(double fraction) => string.Create(_english, $"{fraction * 100:0.0} %");

    /// <summary>"$3.41", under one cent "$0.0042", unknown "–".</summary>
    public static string Cost(decimal? usd) =>
        usd switch
        {
            null => Unknown,
            0 => "$0.00",
            > 0 and < 0.01m => string.Create(_english, $"${usd.Value:0.0000}"),
            _ => string.Create(_english, $"${usd.Value:#,0.00}"),
        };

    /// <summary>"640 B", "38 kB", "1.2 MB".</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1_000 => string.Create(_english, $"{bytes} B"),
            < 999_500 => string.Create(_english, $"{bytes / 1_000d:0} kB"),
            < 999_950_000 => string.Create(_english, $"{bytes / 1_000_000d:0.0} MB"),
            _ => string.Create(_english, $"{bytes / 1_000_000_000d:0.0} GB"),
        };

    /// <summary>"1 job", "214 jobs".</summary>
    public static string Count(long count, string one, string? many = null) =>
        $"{Number(count)} {(count == 1 ? one : many ?? one + "s")}";

    private static string OneUnit(TimeSpan span) =>
        span switch
        {
            { TotalMinutes: < 1 } => string.Create(_english, $"{span.Seconds} s"),
            { TotalHours: < 1 } => string.Create(_english, $"{span.Minutes} min"),
            { TotalDays: < 1 } => string.Create(_english, $"{span.Hours} h"),
            _ => string.Create(_english, $"{span.Days} d"),
        };
}
